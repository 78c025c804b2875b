import { registerPart, type PartFigures } from '../copies/parts'
import { AbortError, QueueClosedError, QueueFullError } from '../errors'
import { callable, finiteNumber, optionsOf, wholeNumber } from '../options'
import { systemClock } from '../time/clock'
import { wholeOrInfinite } from '../options'
import { checkWait, waitIn } from '../waiting/wait-in-line'
import { WorkerCrew } from './crew'
import { WorkerJob } from './job'
import type { Accepted, Worker, WorkerPoolOptions, WorkerPoolStats, WorkOptions } from './worker-pool-options'

/**
 * A number of workers behind a bounded queue: at most `concurrency` items are worked on, at most `capacity` wait, and
 * whoever comes then waits to be accepted.
 *
 * A worker counts as running until it has really stopped: there are never more than `concurrency`, not even when some
 * ignore their signal. Only one that runs on for `settleWithinMs` after its time is up gives its slot to another. An error of a worker is the rejection of its result, and nothing else.
 *
 * @example
 * const pool = new WorkerPool(shrink, { concurrency: 4, capacity: 16 })
 * const small = await pool.run(picture)
 */
export class WorkerPool<T, R> implements AsyncDisposable {
  readonly #crew: WorkerCrew<T, R>
  readonly #maxWaiting: number
  #refusal: { readonly reason: unknown } | undefined

  /** Throws an `OptionError` when an option cannot work. */
  constructor(worker: Worker<T, R>, options: WorkerPoolOptions) {
    const given = optionsOf('WorkerPool', options, ['concurrency', 'capacity', 'timeoutMs', 'settleWithinMs', 'maxWaiting', 'name', 'clock'])
    const { name = 'WorkerPool', concurrency, capacity, timeoutMs, settleWithinMs = 10_000, maxWaiting = 10_000, clock = systemClock } = given
    this.#crew = new WorkerCrew(
      name,
      callable(name, 'worker', worker),
      wholeNumber(name, 'concurrency', concurrency),
      wholeNumber(name, 'capacity', capacity, 0),
      timeoutMs === undefined ? undefined : finiteNumber(name, 'timeoutMs', timeoutMs),
      settleWithinMs === Infinity ? Infinity : finiteNumber(name, 'settleWithinMs', settleWithinMs),
      clock,
    )
    this.#maxWaiting = wholeOrInfinite(name, 'maxWaiting', maxWaiting, 0)
    if (given.name !== undefined) registerPart(this, 'pool', name, WorkerPool.#figures<T, R>)
  }

  static #figures<T, R>(this: void, pool: WorkerPool<T, R>): PartFigures {
    const { running, waiting, concurrency } = pool.stats
    return {
      size: waiting, capacity: pool.capacity, weight: null, maxWeight: null,
      waiting: pool.#crew.callers.size, active: running, concurrency, isClosed: pool.isClosed,
    }
  }

  get name(): string {
    return this.#crew.name
  }

  /** How many accepted items may wait for a worker. */
  get capacity(): number {
    return this.#crew.capacity
  }

  get stats(): WorkerPoolStats {
    const { running, waiting, completed, failed, concurrency } = this.#crew
    return { running: running.size, waiting: waiting.size, completed, failed, concurrency }
  }

  /** Workers that went on after `timeoutMs` and `settleWithinMs`: each of them ran, or runs, beside the others. */
  get overrun(): number {
    return this.#crew.overrun
  }

  /** True once it was closed or aborted. */
  get isClosed(): boolean {
    return this.#refusal !== undefined
  }

  /**
   * Works on an item and answers what came of it. Waits to be accepted, then for a worker, then for the work.
   *
   * Rejects with what the worker threw, a `TimeoutError`, the signal's reason, a `QueueClosedError` or the reason of
   * `abort`, or a `QueueFullError` when `maxWaiting` callers wait already. On abort it rejects at once: an item that
   * waits is given up, a worker is signalled and what it still answers is ignored.
   *
   * @example
   * const small = await pool.run(picture, { signal })
   */
  run(item: T, options?: WorkOptions): Promise<R> {
    const job = this.#admit(item, options)
    return job instanceof WorkerJob ? job.result : job.then(({ result }) => result)
  }

  /**
   * Hands an item over: resolves when it was *accepted*, to the promise of its result. Waits while the queue is full.
   *
   * Rejects as {@link run} does, as long as it was not accepted; after that `result` does.
   *
   * @example
   * for await (const picture of pictures) {
   *   const { result } = await pool.submit(picture) // as fast as the pool takes them
   *   result.then(save, report)
   * }
   */
  submit(item: T, options?: WorkOptions): Promise<Accepted<R>> {
    const job = this.#admit(item, options)
    return job instanceof WorkerJob ? Promise.resolve({ result: job.result }) : job
  }

  /**
   * Changes how many workers run at once, at least 1. More start at once; fewer takes effect as workers finish.
   *
   * Throws an `OptionError`.
   */
  resize(concurrency: number): void {
    this.#crew.concurrency = wholeNumber(this.name, 'concurrency', concurrency)
    this.#crew.pump()
  }

  /** Resolves when everything that was accepted is done, workers that ignore their signal included, overruns excepted. Never rejects. */
  drain(): Promise<void> {
    return this.#crew.idle()
  }

  /** Accepts no more, and finishes what it has. Callers that were not accepted get a `QueueClosedError`. Idempotent. */
  close(): void {
    this.#refuse(new QueueClosedError(`${this.name} is closed`))
  }

  /**
   * Accepts no more; what waits rejects with `reason`; what runs is signalled, and its result is what the worker makes
   * of that. `drain` tells when all have stopped. Default reason: an `AbortError`.
   */
  abort(reason: unknown = new AbortError(`${this.name} was aborted`)): void {
    this.#refuse(reason)
    this.#crew.abort(reason)
  }

  /** Close, then drain: `await using pool = new WorkerPool(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return this.drain()
  }

  #refuse(reason: unknown): void {
    this.#refusal ??= { reason }
    this.#crew.refuseCallers(reason)
  }

  /** The job if it was accepted at once, else the promise that it will be. */
  #admit(item: T, options: WorkOptions | undefined): WorkerJob<T, R> | Promise<Accepted<R>> {
    const crew = this.#crew
    let job: WorkerJob<T, R>
    try {
      const signal = options?.signal
      checkWait(this.name, { signal })
      job = new WorkerJob<T, R>(item, wholeNumber(this.name, 'attempt', options?.attempt ?? 1), signal)
      if (this.#refusal !== undefined) throw this.#refusal.reason
      if (crew.callers.isEmpty && crew.hasRoom) {
        crew.accept(job)
        return job
      }
      if (crew.callers.size >= this.#maxWaiting) {
        throw new QueueFullError(`${this.name}: ${this.#maxWaiting} callers wait already`)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return waitIn(crew.callers, job, this.name, crew.clock, { signal: options?.signal })
  }
}
