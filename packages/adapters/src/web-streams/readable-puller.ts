import { type Outcome } from '@sluice/core'
import { macrotask, PromiseReads, reasonOf, type Stage } from '@sluice/core/authoring'

/** What is read from a stream: a reader of the platform, or one that brings its own buffers. */
export interface ChunkReader<T> {
  read(): Promise<ChunkResult<T>>
  cancel(reason: unknown): Promise<void>
  releaseLock(): void
}

/** The answer to a read; some readers answer an empty view with the end. */
export type ChunkResult<T> = { readonly done: false; readonly value: T } | { readonly done: true; readonly value?: unknown }

/** What a puller needs of a stream. */
export interface Readings<T> {
  /** Locks the stream. */
  open(): ChunkReader<T>
  /** Ends a stream that was never locked. */
  abandon(reason: unknown): unknown
  readonly preventCancel: boolean
}

/**
 * The running half of a source that reads a WHATWG stream: {@link PromiseReads} with a reader that is locked at the first pull and
 * released at the end.
 *
 * Invariants: each chunk that was read is handed out, before a failure, before the end and when the run is stopped; those that an
 * abort finds here are counted as dropped; the lock is released once.
 */
export class ReadablePuller<T> extends PromiseReads<ChunkResult<T>, T> {
  readonly #readings: Readings<T>
  #reader: ChunkReader<T> | undefined
  #released = false
  #cancelled: Promise<void> | undefined
  /** Reads so far. */
  #reads = 0
  /** A failure from elsewhere that is to come after what can still be read. */
  #failure: { readonly error: unknown } | undefined

  constructor(readings: Readings<T>, stage: Stage) {
    super(stage)
    this.#readings = readings
  }

  override pull(into: T[], limit: number): number {
    this.#reader ??= this.#readings.open()
    return super.pull(into, limit)
  }

  protected read(): Promise<ChunkResult<T>> {
    this.#reads++
    const reading = (this.#reader as ChunkReader<T>).read()
    if (this.#failure) this.#watch()
    return reading
  }

  protected accept(result: ChunkResult<T>): void {
    if (!result.done) {
      this.hold(result.value)
      return
    }
    this.end()
    this.#release()
  }

  protected override failed(error: unknown): void {
    this.#release()
    super.failed(this.#failure ? this.#failure.error : error)
  }

  /** Fails as soon as a read finds nothing there; an end or a failure that is found before comes first. */
  failWhenDry(error: unknown): void {
    this.#failure ??= { error }
    if (this.isPending) this.#watch()
  }

  override close(outcome: Outcome): unknown {
    const reason = reasonOf(outcome)
    const left = this.letGo()
    if (left > 0) this.stage.drop(left)
    if (this.#reader === undefined) return this.#readings.abandon(reason)
    if (!this.#released) this.#cancel(reason)
    return this.#cancelled
  }

  /** A chunk that is at hand comes before the next macrotask. */
  #watch(): void {
    const read = this.#reads
    macrotask(() => {
      if (this.#failure && this.isPending && !this.isOver && this.#reads === read) this.failNow(this.#failure.error)
    })
  }

  #cancel(reason: unknown): void {
    if (!this.#readings.preventCancel) {
      this.#cancelled = this.#reader?.cancel(reason)
      // It is heard in `close`, which may be a while off.
      this.#cancelled?.catch(() => {})
    }
    this.#release()
  }

  #release(): void {
    if (this.#released) return
    this.#released = true
    this.#reader?.releaseLock()
  }
}
