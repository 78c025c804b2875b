import { type Outcome } from '@sluice/core'
import { DONE, macrotask, PENDING, reasonOf, type Puller, type Stage } from '@sluice/core/authoring'
import { Burst } from '../batches/burst'

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
 * The running half of a source that reads a WHATWG stream: one read at a time, and only for values that were asked for.
 *
 * ```text
 *   pull ─ PENDING ─▶ read() ─▶ held ─▶ wake ─▶ pull takes it, and the next is read
 *   in a burst:       read() ─▶ held ─▶ read() ─▶ held … ─ as many as were asked for, or a macrotask ─▶ wake
 * ```
 *
 * Why bursts: a turn of the pipeline for each chunk would cost a third of the read itself.
 *
 * Invariants: chunks held + the pending read ≤ what the consumer asked for; each chunk that was read is handed out, before
 * a failure, before the end and when the run is stopped; those that an abort finds here are counted as dropped.
 */
export class ReadablePuller<T> implements Puller<T> {
  readonly #readings: Readings<T>
  readonly #stage: Stage
  readonly #held: T[] = []
  #head = 0
  #tail = 0
  #reader: ChunkReader<T> | undefined
  #wanted = 0
  #pending = false
  /** Nothing more will be read: the end, a failure, a stop. */
  #ended = false
  #closed = false
  #released = false
  #cancelled: Promise<void> | undefined
  readonly #burst = new Burst(() => { this.#handOn() })
  /** Reads so far. */
  #reads = 0
  /** A failure from elsewhere that is to come after what can still be read. */
  #failure: { readonly error: unknown } | undefined

  readonly #onResult = (result: ChunkResult<T>): void => {
    this.#pending = false
    if (this.#closed) return
    if (result.done) {
      this.#ended = true
      this.#release()
    } else {
      this.#held[this.#tail++] = result.value
      this.#wanted--
      if (this.#burst.arrived() && this.#wanted > 0 && !this.#ended) {
        this.#request()
        return
      }
    }
    // The stack is clean here, so the consumer may run at once.
    this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  readonly #onError = (error: unknown): void => {
    this.#pending = false
    if (this.#closed) return
    this.#release()
    this.#fail(this.#failure ? this.#failure.error : error)
  }

  constructor(readings: Readings<T>, stage: Stage) {
    this.#readings = readings
    this.#stage = stage
  }

  pull(into: T[], limit: number): number {
    this.#reader ??= this.#readings.open()
    const count = this.#take(into, limit)
    if (!this.#ended) {
      this.#wanted = limit - count
      if (this.#wanted > 0 && !this.#pending) this.#request()
    }
    if (count === 0) return this.#ended && !this.#pending ? DONE : PENDING
    this.#stage.dry = this.#pending && this.#tail === this.#head
    return count
  }

  /** Fails as soon as a read finds nothing there; an end or a failure that is found before comes first. */
  failWhenDry(error: unknown): void {
    this.#failure ??= { error }
    if (this.#pending) this.#watch()
  }

  /** No further read is begun. The chunks that were read come out, and so does that of the read that is out. */
  halt(): boolean {
    this.#ended = true
    return this.#tail > this.#head || this.#pending
  }

  close(outcome: Outcome): unknown {
    const reason = reasonOf(outcome)
    this.#closed = true
    if (this.#tail > this.#head) this.#stage.drop(this.#tail - this.#head)
    this.#head = this.#tail = this.#held.length = 0
    if (this.#reader === undefined) return this.#readings.abandon(reason)
    if (!this.#released) this.#letGo(reason)
    return this.#cancelled
  }

  #take(into: T[], limit: number): number {
    const count = Math.min(limit, this.#tail - this.#head)
    for (let i = 0; i < count; i++) {
      into[i] = this.#held[this.#head] as T
      this.#held[this.#head++] = undefined as T
    }
    if (this.#head === this.#tail) this.#head = this.#tail = 0
    return count
  }

  #request(): void {
    this.#pending = true
    this.#reads++
    ;(this.#reader as ChunkReader<T>).read().then(this.#onResult, this.#onError)
    if (this.#failure) this.#watch()
  }

  #handOn(): void {
    if (this.#tail > this.#head) this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  /** A chunk that is at hand comes before the next macrotask. */
  #watch(): void {
    const read = this.#reads
    macrotask(() => {
      if (this.#failure && this.#pending && !this.#ended && this.#reads === read) this.#fail(this.#failure.error)
    })
  }

  #fail(error: unknown): void {
    this.#ended = true
    // A read that is still under way belongs to nobody now.
    this.#pending = false
    this.#stage.fail(error)
  }

  #letGo(reason: unknown): void {
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
