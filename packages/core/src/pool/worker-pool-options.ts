import type { Clock } from '../contract/clock'

/** What a worker is told about the item it works on. */
export interface WorkContext {
  /** Aborts when the work should stop: the caller left, the time is up, or the pool was aborted. Made on first use. */
  readonly signal: AbortSignal
  /** 1 on the first try; a caller that retries says which one it is. */
  readonly attempt: number
}

/** Does one piece of work. It may answer at once or later; a throw is a rejection. */
export type Worker<T, R> = (item: T, context: WorkContext) => R | PromiseLike<R>

/** Options of {@link WorkerPool}. */
export interface WorkerPoolOptions {
  /** How many workers run at once: at least 1. Change it with `resize`. */
  readonly concurrency: number
  /** How many accepted items may wait for a worker; 0 accepts an item only when a worker is free for it. */
  readonly capacity: number
  /** How long, in ms, the work on one item may take. Then its result rejects with a `TimeoutError`. Default: for ever. */
  readonly timeoutMs?: number | undefined
  /**
   * How long, in ms, a worker that has taken longer than `timeoutMs` may go on before its slot serves another item. One that goes
   * on still is counted in the pool's `overrun`, and runs beside the others. Default 10,000; Infinity: as long as it takes.
   */
  readonly settleWithinMs?: number | undefined
  /** How many callers may wait to be accepted; one more is refused with a `QueueFullError`. Default 10,000; may be Infinity. */
  readonly maxWaiting?: number | undefined
  /** Shown in errors. Default `'WorkerPool'`. */
  readonly name?: string | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}

/** Options of {@link WorkerPool.run} and {@link WorkerPool.submit}. */
export interface WorkOptions {
  /** Gives the item up when it aborts: it leaves the queue, or its worker is signalled; the call rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Which try this is, for the worker: at least 1. Default 1. */
  readonly attempt?: number | undefined
}

/** An item the pool has accepted. */
export interface Accepted<R> {
  /** What came of it. If it rejects and nobody listens, that is an unhandled rejection, as with any promise. */
  readonly result: Promise<R>
}

/** Figures of a {@link WorkerPool}: everything it ever accepted is in exactly one of the first four. */
export interface WorkerPoolStats {
  readonly running: number
  /** Accepted, and no worker has begun. */
  readonly waiting: number
  readonly completed: number
  /** Rejected, timed out or given up. */
  readonly failed: number
  readonly concurrency: number
}
