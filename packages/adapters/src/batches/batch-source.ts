import { DONE, PENDING, source, type Puller, type Source, type Stage } from '@sluice/core'
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
  /** The batch at hand; what is before `#at` was handed out. */
  #held: readonly T[] = []
  #at = 0

  constructor(open: (stage: Stage) => BatchReader<T>, stage: Stage) {
    this.#reading = new ResourceReading(open, stage, (values) => { this.#hold(values) })
  }

  pull(into: T[], limit: number): number {
    const held = this.#held
    const count = Math.min(limit, held.length - this.#at)
    if (count > 0) {
      for (let i = 0; i < count; i++) into[i] = held[this.#at++] as T
      if (this.#at === held.length) this.#hold([])
      return count
    }
    if (this.#reading.over) return DONE
    this.#reading.read(limit)
    return PENDING
  }

  /** What was read comes out before the end that a stop asks for. */
  halt(): boolean {
    this.#reading.cut()
    return this.#held.length > 0
  }

  close(): Promise<void> | undefined {
    this.#hold([])
    return this.#reading.close()
  }

  #hold(values: readonly T[]): void {
    this.#held = values
    this.#at = 0
  }
}
