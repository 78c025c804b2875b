import type { ServerResponse } from 'node:http'

/** A viewer that has taken nothing for so long is cut off, in ms. */
export const CUT_AFTER_MS = 5000

/**
 * One open page. What it does not take is not kept for it: it is skipped, and gets the whole picture when it takes something again.
 *
 * Invariant: beside what the socket holds, nothing waits for a viewer.
 */
export class Viewer {
  /** The run that it shows; undefined for the overview. */
  readonly run: number | undefined
  /** Needs a full frame: because it has just come, or because it was skipped. */
  needsFull = true
  readonly #response: ServerResponse
  readonly #now: () => number
  #blockedSince: number | undefined

  constructor(response: ServerResponse, run: number | undefined, now: () => number = () => performance.now()) {
    this.#response = response
    this.#now = now
    this.run = run
    response.on('drain', () => { this.#blockedSince = undefined })
  }

  /** Whether a line can be sent now. Cuts the viewer off where that has not been so for too long. */
  get isReady(): boolean {
    if (this.#blockedSince === undefined) return !this.#response.destroyed
    if (this.#now() - this.#blockedSince > CUT_AFTER_MS) this.#response.destroy()
    return false
  }

  /** Sends a line; it is dropped where an earlier one of the same look was refused. */
  send(line: string): void {
    if (this.#blockedSince !== undefined || this.#response.destroyed) return
    if (!this.#response.write(line)) this.#blockedSince = this.#now()
  }

  end(): void {
    this.#response.end()
  }
}
