import type { Clock } from '../contract/clock'
import { TimeoutError } from '../errors'
import type { WaitingCall } from '../waiting/wait-in-line'
import type { WorkerJob } from './job'
import type { Accepted, Worker } from './worker-pool-options'
import { promiseOf } from '../foreign/promise-of'
import { Waiters } from '../waiting/waiters'

/**
 * The inside of a {@link WorkerPool}: who waits, who works, and who is next.
 *
 * ```text
 *   callers ──▶ waiting ──▶ running ──▶ result
 *   not yet     ≤ capacity  ≤ concurrency
 *   accepted    first come first served throughout
 * ```
 *
 * Invariants, outside `pump`: a worker is free only when nothing waits; callers wait only when the queue is full; every
 * item that was accepted is in exactly one of waiting, running, completed and failed.
 */
export class WorkerCrew<T, R> {
  readonly callers = new Waiters<WaitingCall<WorkerJob<T, R>, Accepted<R>>>()
  readonly waiting = new Waiters<WorkerJob<T, R>>()
  readonly running = new Set<WorkerJob<T, R>>()
  completed = 0
  failed = 0
  overrun = 0
  #pumping = false
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  constructor(
    readonly name: string,
    readonly worker: Worker<T, R>,
    public concurrency: number,
    readonly capacity: number,
    readonly timeoutMs: number | undefined,
    readonly settleWithinMs: number,
    readonly clock: Clock,
  ) {}

  /** True when an item would be accepted now. */
  get hasRoom(): boolean {
    const free = Math.max(0, this.concurrency - this.running.size)
    return this.waiting.size < free + this.capacity
  }

  /** Resolves when nothing runs and nothing waits. Never rejects. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    if (this.#idle === undefined) {
      let resolve!: () => void
      const promise = new Promise<void>((settle) => {
        resolve = settle
      })
      this.#idle = { promise, resolve }
    }
    return this.#idle.promise
  }

  /** Takes an item for which there is room. It runs as soon as a worker is free, perhaps inside this call. */
  accept(job: WorkerJob<T, R>): void {
    job.accept((reason) => {
      this.#letGo(job, reason)
    })
    job.place = this.waiting.park(job)
    this.pump()
  }

  /** Starts what can start and accepts whom there is room for. A re-entrant call leaves it to the one that is at it. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      for (;;) {
        if (this.running.size < this.concurrency && !this.waiting.isEmpty) {
          this.#start(this.waiting.serve() as WorkerJob<T, R>)
        } else if (!this.callers.isEmpty && this.hasRoom) {
          const call = this.callers.serve() as WaitingCall<WorkerJob<T, R>, Accepted<R>>
          this.accept(call.value)
          call.resolve({ result: call.value.result })
        } else break
      }
    } finally {
      this.#pumping = false
    }
    if (this.#isIdle) {
      this.#idle?.resolve()
      this.#idle = undefined
    }
  }

  /** Gives up everything that waits (no callers any more), and tells what runs to stop; its results are what the workers make of that. */
  abort(reason: unknown): void {
    for (let job = this.waiting.serve(); job !== undefined; job = this.waiting.serve()) this.#settle(job, false, reason)
    for (const job of [...this.running]) job.stop(reason)
    this.pump()
  }

  /** Turns away everybody who was not accepted. */
  refuseCallers(reason: unknown): void {
    for (let call = this.callers.serve(); call !== undefined; call = this.callers.serve()) call.reject(reason)
  }

  get #isIdle(): boolean {
    return this.running.size === 0 && this.waiting.isEmpty
  }

  #start(job: WorkerJob<T, R>): void {
    const { timeoutMs } = this
    job.place = undefined
    this.running.add(job)
    if (timeoutMs !== undefined) {
      const late = (): void => {
        this.#letGo(job, new TimeoutError(`${this.name}: a worker took longer than ${timeoutMs} ms`))
        if (this.settleWithinMs < Infinity && this.running.has(job)) job.setTimer(this.clock.after(this.settleWithinMs, () => { this.#overran(job) }))
      }
      job.setTimer(this.clock.after(timeoutMs, late))
    }
    try {
      const returned = this.worker(job.item, job.context)
      const promise = promiseOf(returned)
      if (promise === undefined) {
        this.#finish(job, true, returned as R)
        return
      }
      promise.then(
        (value) => {
          this.#finish(job, true, value)
        },
        (error: unknown) => {
          this.#finish(job, false, error)
        },
      )
    } catch (error) {
      this.#finish(job, false, error)
    }
  }

  #finish(job: WorkerJob<T, R>, succeeded: true, value: R): void
  #finish(job: WorkerJob<T, R>, succeeded: false, error: unknown): void
  #finish(job: WorkerJob<T, R>, succeeded: boolean, outcome: unknown): void {
    if (!this.running.delete(job)) return
    this.#settle(job, succeeded, outcome)
    this.pump()
  }

  /** A worker that ignores its end gives its slot away; whatever it answers later counts for nothing. */
  #overran(job: WorkerJob<T, R>): void {
    this.overrun++
    this.#finish(job, false, undefined)
  }

  #settle(job: WorkerJob<T, R>, succeeded: boolean, outcome: unknown): void {
    job.release()
    // Whoever was let go before has got a rejection, whatever the worker made of it in the end.
    if (succeeded && !job.isSettled) {
      this.completed++
      job.resolve(outcome as R)
    } else {
      this.failed++
      job.reject(outcome)
    }
  }

  /** The caller gets its rejection now; a worker at work is told to stop, and counts as running until it has. */
  #letGo(job: WorkerJob<T, R>, reason: unknown): void {
    if (job.place !== undefined && this.waiting.remove(job.place)) {
      this.#settle(job, false, reason)
      this.pump()
    } else if (!job.isSettled) {
      job.reject(reason)
      job.stop(reason)
    }
  }
}
