import { promiseOf, supervisorOf, type Recovery, type Stage, type Supervisor, type WakeableTask } from '@sluice/core'
import { judge } from '../recover/judge'
import { AdaptiveConcurrency } from './adaptive-concurrency'
import type { Call, CallOwner } from './call'
import type { CallContext, CheckedCalls } from './call-options'
import { Permits, type PermitOwner } from './permits'
import { awaitWithin } from './timed-call'

/** The function of the user's that is called for each value. */
export type Work<A, B, X extends CallContext = CallContext> = (item: A, context: X) => B | PromiseLike<B>

/**
 * Makes calls, each under its permit, its time limit and its supervisor. Which call is made when, and what becomes of its
 * result, its owner decides.
 *
 * ```text
 *   start ─▶ permit ─▶ function ─┬─ resolved ──────────────────▶ settled: done
 *              ▲                 └─ rejected ─▶ supervisor ─┬──▶ settled: skipped, failed
 *              └──────────────────────── try again ─────────┘
 * ```
 *
 * Invariant: `running` counts the calls between `start` and `settled`.
 */
export class Caller<A, B, C extends Call<A, B> & CallContext = Call<A, B>> implements CallOwner<A, B>, PermitOwner<C> {
  running = 0
  readonly #stage: Stage
  readonly #work: Work<A, B, C>
  readonly #options: CheckedCalls<A>
  readonly #supervisor: Supervisor | undefined
  readonly #adaptive: AdaptiveConcurrency | undefined
  readonly #permits: Permits<A, B, C> | undefined
  readonly #task: WakeableTask
  readonly #settled: (call: C) => void
  #onIdle: (() => void) | undefined

  /**
   * @param task woken when a call has settled.
   * @param settled told of it before; not after the stage has ended.
   */
  constructor(stage: Stage, work: Work<A, B, C>, options: CheckedCalls<A>, task: WakeableTask, settled: (call: C) => void) {
    this.#stage = stage
    this.#work = work
    this.#options = options
    this.#supervisor = supervisorOf(stage, options.onError)
    this.#adaptive = options.adaptive && new AdaptiveConcurrency(options.adaptive)
    this.#permits = options.limit && new Permits(options.limit, this)
    this.#task = task
    this.#settled = settled
  }

  /** Calls that may run at once now. */
  get concurrency(): number {
    return this.#adaptive?.current ?? this.#options.concurrency
  }

  /** Calls that wait for a permit. */
  get waiting(): number {
    return this.#permits?.waiting ?? 0
  }

  /** Makes a call that has begun with its item. */
  start(call: C): void {
    this.running++
    this.#enter(call)
  }

  /** Nobody wants results any more: the end of the run waits for what is still running. */
  close(): void {
    this.#permits?.close()
    if (this.running > 0) this.#stage.linger(new Promise<void>((resolve) => { this.#onIdle = resolve }))
  }

  permitted(call: C): void {
    if (this.#stage.outcome !== undefined) {
      this.#settle(call, 'skipped')
      return
    }
    this.#call(call)
    // It may have held up others.
    this.#stage.scope.scheduler.dispatch(this.#task.wake)
  }

  refused(call: C, error: unknown): void {
    this.#recover(call, error)
  }

  resolved(call: Call<A, B>, value: B): void {
    this.#measure(call)
    call.value = value
    this.#settle(call as C, 'done')
  }

  rejected(call: Call<A, B>, error: unknown): void {
    this.#measure(call)
    this.#recover(call as C, error)
  }

  #enter(call: C): void {
    if (this.#permits === undefined || this.#permits.take(call)) this.#call(call)
  }

  #call(call: C): void {
    if (this.#adaptive) call.startedAt = this.#stage.scope.clock.now()
    let work: B | PromiseLike<B>
    try {
      work = this.#work(call.item as A, call)
    } catch (error) {
      this.rejected(call, error)
      return
    }
    const { timeoutMs } = this.#options
    const promise = promiseOf(work)
    if (timeoutMs !== undefined) awaitWithin(timeoutMs, call, promise ?? Promise.resolve(work), this.#stage, this)
    else if (promise) promise.then(call.onResolve, call.onReject)
    else this.resolved(call, work as B)
  }

  #measure(call: Call<A, B>): void {
    this.#adaptive?.ended(call.startedAt, this.#stage.scope.clock.now(), this.running)
  }

  #recover(call: C, error: unknown): void {
    if (this.#stage.outcome !== undefined || this.#supervisor === undefined) {
      this.#giveUp(call, error)
      return
    }
    // While it is decided about, its permit can serve another.
    call.over()
    judge(this.#supervisor, error, call, {
      goOn: (recovery) => { this.#goOn(call, recovery) },
      giveUp: (final) => { this.#giveUp(call, final) },
    })
  }

  #goOn(call: C, recovery: Recovery): void {
    if (recovery === 'retry' && this.#stage.outcome === undefined) {
      call.attempt++
      this.#enter(call)
      return
    }
    if (recovery !== 'retry') this.#stage.settle(call.ticket, recovery)
    this.#settle(call, 'skipped')
  }

  #giveUp(call: C, error: unknown): void {
    call.fail(error)
    this.#settle(call, 'failed')
  }

  /** State first, then whoever waits for it. */
  #settle(call: C, state: 'done' | 'skipped' | 'failed'): void {
    call.over()
    call.state = state
    this.running--
    if (this.#stage.outcome !== undefined) {
      // Nobody wants the result any more; the end of the run waits for the last of them.
      if (this.running === 0) this.#onIdle?.()
      return
    }
    this.#settled(call)
    // While others are in flight their results may come in the same tick, and one turn serves them all.
    if (this.running === 0) this.#stage.scope.scheduler.dispatch(this.#task.wake)
    else this.#task.wake()
  }
}
