import type { Capabilities } from './capabilities'
import { checkNeeds, type Opened } from './options'

/** The queue of a joint, opened by the first who needs it and closed at the end of the run. */
export class Opening {
  readonly #joined: Opened
  readonly #signal: AbortSignal
  #opened: Promise<Capabilities> | undefined

  constructor(joined: Opened, signal: AbortSignal) {
    this.#joined = joined
    this.#signal = signal
  }

  /** Rejects where the queue cannot be opened, or cannot do what the joint needs. */
  opened(): Promise<Capabilities> {
    return (this.#opened ??= this.#open())
  }

  async close(): Promise<void> {
    if (this.#opened === undefined) return
    // What it failed with was told to the stage.
    await this.#opened.catch(() => {})
    await this.#joined.queue.close()
  }

  async #open(): Promise<Capabilities> {
    const capabilities = await this.#joined.queue.open(this.#signal)
    checkNeeds(this.#joined, capabilities)
    return capabilities
  }
}
