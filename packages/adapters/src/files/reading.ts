import { DONE, PENDING, source, type Puller, type Source, type Stage } from '@sluice/core'

/** Something that is read piece by piece, for one run. */
export interface Reader<T> {
  /** The next piece; undefined at the end. Never called again before it has settled, nor after the end or a failure. */
  read(): Promise<T | undefined>
  /** Called once, when no read is under way any more; awaited by the run. */
  close(): Promise<void>
  /** Nothing more is wanted: a read that waits for something settles now. */
  cut?(): void
}

/** A source of what a reader reads, one read for each value that is wanted. The reader is made at the first pull. */
export function readerSource<T>(name: string, open: (stage: Stage) => Reader<T>): Source<T> {
  return source<T>(name, (stage) => new ReadPuller(open, stage))
}

/** Invariant: a value held + a read under way ≤ what the consumer has asked for. */
class ReadPuller<T> implements Puller<T> {
  readonly #open: (stage: Stage) => Reader<T>
  readonly #stage: Stage
  #reader: Reader<T> | undefined
  #reading: Promise<void> | undefined
  #held: { readonly value: T } | undefined
  #over = false

  constructor(open: (stage: Stage) => Reader<T>, stage: Stage) {
    this.#open = open
    this.#stage = stage
  }

  pull(into: T[], limit: number): number {
    let count = 0
    if (this.#held) {
      into[count++] = this.#held.value
      this.#held = undefined
    }
    if (this.#over) return count > 0 ? count : DONE
    if (limit > count && !this.#reading) this.#read()
    if (count === 0) return PENDING
    this.#stage.dry = this.#reading !== undefined
    return count
  }

  /** What was read comes out before the end that a stop asks for. */
  halt(): boolean {
    this.#over = true
    this.#reader?.cut?.()
    return this.#held !== undefined
  }

  close(): Promise<void> | undefined {
    this.#over = true
    this.#held = undefined
    const reader = this.#reader
    if (!reader) return undefined
    reader.cut?.()
    return this.#reading ? this.#reading.then(() => reader.close()) : reader.close()
  }

  #read(): void {
    this.#reader ??= this.#open(this.#stage)
    this.#reading = this.#reader.read().then(
      (value) => {
        this.#reading = undefined
        if (this.#over) return
        if (value === undefined) this.#over = true
        else this.#held = { value }
        this.#stage.scope.scheduler.dispatch(this.#stage.wake)
      },
      (error: unknown) => {
        this.#reading = undefined
        if (this.#over) return
        this.#over = true
        this.#stage.fail(error)
      },
    )
  }
}
