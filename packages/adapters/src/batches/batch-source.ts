import { type Source } from '@sluice/core'
import { DONE, PENDING, source, type Puller, type Stage } from '@sluice/core/authoring'
import { Held } from './held'
import { ResourceReading, type Resource } from './resource'

/**
 * Something that is read batch by batch: a read answers at least one value, and may answer more than `limit` where its
 * world has a unit of its own (a page, a row group).
 */
export interface BatchReader<T> extends Resource<readonly T[]> {
  cut(): void
}

/**
 * A source of what a reader reads. The reader is made at the first pull.
 *
 * ```text
 *   world ◀─ read(limit) ─ [one batch] ─ pull ─▶ consumer      a batch is read when the one before is used up
 * ```
 */
export function batchSource<T>(name: string, open: (stage: Stage) => BatchReader<T>): Source<T> {
  return source<T>(name, (stage) => new BatchPuller(open, stage))
}

/** Invariant: values are held, or a read is under way, or neither; never both. */
class BatchPuller<T> implements Puller<T> {
  readonly #reading: ResourceReading<readonly T[]>
  readonly #held = new Held<T>()

  constructor(open: (stage: Stage) => BatchReader<T>, stage: Stage) {
    this.#reading = new ResourceReading(open, stage, (values) => { this.#held.hold(values) })
  }

  pull(into: T[], limit: number): number {
    const count = this.#held.take(into, limit)
    if (count > 0) return count
    if (this.#reading.over) return DONE
    this.#reading.read(limit)
    return PENDING
  }

  /** The values that were read, and those of a read that is under way, come out before the end that a stop asks for. */
  halt(): boolean {
    return this.#reading.halt() || !this.#held.isEmpty
  }

  close(): Promise<void> | undefined {
    this.#held.clear()
    return this.#reading.close()
  }
}
