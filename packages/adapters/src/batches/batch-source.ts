import { DONE, PENDING, source, type Puller, type Source, type Stage } from '@sluice/core'

/** Something that is read batch by batch, for one run. */
export interface BatchReader<T> {
  /**
   * Further values, at least one; undefined at the end. `limit` is what the consumer asks for; a world that has a unit
   * of its own (a page, a row group) may answer more. Never called again before it has settled, nor after the end.
   */
  read(limit: number): Promise<readonly T[] | undefined>
  /** Nothing more is wanted: a read that is under way settles soon. May be called more than once. */
  cut(): void
  /** Called once, when no read is under way any more; awaited by the run. */
  close(): Promise<void> | undefined
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
  readonly #open: (stage: Stage) => BatchReader<T>
  readonly #stage: Stage
  #reader: BatchReader<T> | undefined
  #reading: Promise<void> | undefined
  /** The batch at hand; what is before `#at` was handed out. */
  #held: readonly T[] = []
  #at = 0
  #over = false

  constructor(open: (stage: Stage) => BatchReader<T>, stage: Stage) {
    this.#open = open
    this.#stage = stage
  }

  pull(into: T[], limit: number): number {
    const held = this.#held
    const count = Math.min(limit, held.length - this.#at)
    if (count > 0) {
      for (let i = 0; i < count; i++) into[i] = held[this.#at++] as T
      if (this.#at === held.length) this.#hold([])
      return count
    }
    if (this.#over) return DONE
    if (!this.#reading) this.#read(limit)
    return PENDING
  }

  /** What was read comes out before the end that a stop asks for. */
  halt(): boolean {
    this.#over = true
    this.#reader?.cut()
    return this.#held.length > 0
  }

  close(): Promise<void> | undefined {
    this.#over = true
    this.#hold([])
    const reader = this.#reader
    if (!reader) return undefined
    reader.cut()
    return this.#reading ? this.#reading.then(() => reader.close()) : reader.close()
  }

  #hold(values: readonly T[]): void {
    this.#held = values
    this.#at = 0
  }

  #read(limit: number): void {
    this.#reader ??= this.#open(this.#stage)
    this.#reading = this.#reader.read(limit).then(
      (values) => {
        this.#reading = undefined
        if (this.#over) return
        if (values === undefined) this.#over = true
        else this.#hold(values)
        this.#stage.scope.scheduler.dispatch(this.#stage.wake)
      },
      (error: unknown) => {
        this.#reading = undefined
        // Cut short, it may well fail, and nobody wants to know.
        if (this.#over) return
        this.#over = true
        this.#stage.fail(error)
      },
    )
  }
}
