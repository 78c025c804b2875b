import { type Source } from '@sluice/core'
import { DONE, PENDING, source, type Puller, type Stage } from '@sluice/core/authoring'
import { ResourceReading, type Resource } from '../batches/resource'

/**
 * A source of what a resource has, piece by piece: one read for each value that is wanted. It is opened at the first pull.
 *
 * @param live true where it goes on for ever: a stop then cuts a read short, since nobody knows when it would answer.
 */
export function readerSource<T>(name: string, open: (stage: Stage) => Resource<T>, live = false): Source<T> {
  return source<T>(name, (stage) => new ReadPuller(open, stage, live))
}

/** Invariant: a value held + a read under way ≤ what the consumer has asked for. */
class ReadPuller<T> implements Puller<T> {
  readonly live: boolean
  readonly #reading: ResourceReading<T>
  readonly #stage: Stage
  #held: { readonly value: T } | undefined

  constructor(open: (stage: Stage) => Resource<T>, stage: Stage, live: boolean) {
    this.live = live
    this.#stage = stage
    this.#reading = new ResourceReading(open, stage, (value) => { this.#held = { value } })
  }

  pull(into: T[], limit: number): number {
    let count = 0
    if (this.#held) {
      into[count++] = this.#held.value
      this.#held = undefined
    }
    if (this.#reading.over) return count > 0 ? count : DONE
    if (limit > count) this.#reading.read(1)
    if (count === 0) return PENDING
    this.#stage.dry = this.#reading.isReading
    return count
  }

  /** The value that was read, and that of a read that is under way, come out before the end that a stop asks for. */
  halt(): boolean {
    if (!this.live) return this.#reading.halt() || this.#held !== undefined
    this.#reading.cut()
    return this.#held !== undefined
  }

  close(): Promise<void> | undefined {
    this.#held = undefined
    return this.#reading.close()
  }
}
