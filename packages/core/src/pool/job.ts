import type { WorkContext } from './worker-pool-options'
import { onAbort } from '../waiting/on-abort'
import type { WaiterLink } from '../waiting/waiters'

/** What a worker sees of its job. */
class JobContext implements WorkContext {
  readonly #signal: () => AbortSignal

  constructor(
    readonly attempt: number,
    signal: () => AbortSignal,
  ) {
    this.#signal = signal
  }

  get signal(): AbortSignal {
    return this.#signal()
  }
}

/**
 * One item on its way through a pool, from `accept` to `release`.
 *
 * ```text
 *   (made) ── accept ──▶ waiting ──▶ running ── release ──▶ over
 *                           └── settled (given up) ──┘
 * ```
 *
 * Its promise may settle before it is over: a caller that leaves is let go at once, while its worker still winds up.
 */
export class WorkerJob<T, R> {
  readonly result: Promise<R>
  /** What the worker is told. */
  readonly context: WorkContext
  /** Its place in the queue; undefined when it is not there. */
  place: WaiterLink<WorkerJob<T, R>> | undefined
  /** True once the result is settled. */
  isSettled = false
  #resolve!: (value: R) => void
  #reject!: (error: unknown) => void
  #controller: AbortController | undefined
  #stopped: { readonly reason: unknown } | undefined
  #leaveSignal: (() => void) | undefined
  #cancelTimer: (() => void) | undefined
  readonly #callersSignal: AbortSignal | undefined

  constructor(
    readonly item: T,
    attempt: number,
    callersSignal: AbortSignal | undefined,
  ) {
    this.#callersSignal = callersSignal
    this.result = new Promise<R>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.context = new JobContext(attempt, () => this.#signal())
  }

  /** The pool has it now; `letGo` is called with the reason when the caller's signal aborts before it is over. */
  accept(letGo: (reason: unknown) => void): void {
    const signal = this.#callersSignal
    this.#leaveSignal = signal && onAbort(signal, () => { letGo(signal.reason) })
  }

  /** Its worker has until this timer fires. */
  setTimer(cancelTimer: () => void): void {
    this.#cancelTimer = cancelTimer
  }

  resolve(value: R): void {
    this.isSettled = true
    this.#resolve(value)
  }

  reject(error: unknown): void {
    this.isSettled = true
    this.#reject(error)
  }

  /** Tells the worker to stop. Its listeners run inside this call. */
  stop(reason: unknown): void {
    if (this.#stopped !== undefined) return
    this.#stopped = { reason }
    this.#controller?.abort(reason)
  }

  /** It is over: its timer and its listener go. */
  release(): void {
    this.#cancelTimer?.()
    this.#leaveSignal?.()
    this.#cancelTimer = this.#leaveSignal = undefined
  }

  /** Made on first use: most workers never look, and a controller costs 1.5 µs. */
  #signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#stopped !== undefined) this.#controller.abort(this.#stopped.reason)
    return this.#controller.signal
  }
}
