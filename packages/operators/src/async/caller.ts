import { promiseOf, reasonOf, Retrials, Trials, type Stage, type WakeableTask } from '@sluice/core/authoring'
import { AdaptiveConcurrency } from './adaptive-concurrency'
import type { Call, CallOwner } from './call'
import type { CallContext, CheckedCalls } from './call-options'
import { Permits, type PermitOwner } from './permits'
import { TimedTry, type TryOwner } from './timed-try'

/** The function of the user's that is called for each value. */
export type Work<A, B, X extends CallContext = CallContext> = (item: A, context: X) => B | PromiseLike<B>

/** Who is told what becomes of calls; not after the stage has ended. */
export interface CallerOwner<C> {
  /** Its result is there, or its item is skipped or has failed. */
  settled(call: C): void
  /** A call of this key that was overdue holds the place of its key no longer. */
  vacated(key: unknown): void
}

/**
 * Makes calls, each under its permit, its time limit and its supervisor. Which call is made when, and what becomes of its
 * result, its owner decides.
 *
 * ```text
 *   start ─▶ permit ─▶ function ─┬─ resolved ─────────────▶ settled: done
 *              ▲                 └─ rejected ─▶ trial ─┬──▶ settled: skipped, failed
 *              └────────────── again, a turn later ────┘
 * ```
 *
 * A call whose function is overdue settles, but its place is free when the function has settled as well; its next try
 * waits for that, too.
 *
 * Invariant: `running` counts the places that are taken: by calls between `start` and `settled`, and by overdue tries
 * whose call has settled.
 */
export class Caller<A, B, C extends Call<A, B> & CallContext = Call<A, B>> implements CallOwner<A, B>, PermitOwner<C>, TryOwner<A, B> {
  running = 0
  readonly timeoutMs: number
  readonly settleWithinMs: number
  readonly #stage: Stage
  readonly #work: Work<A, B, C>
  readonly #options: CheckedCalls<A>
  readonly #trials: Trials<A, C>
  readonly #retrials: Retrials<C>
  readonly #adaptive: AdaptiveConcurrency | undefined
  readonly #permits: Permits<A, B, C> | undefined
  readonly #task: WakeableTask
  readonly #owner: CallerOwner<C>
  /** Tries whose functions run on after their time. */
  readonly #overdue = new Set<TimedTry<A, B>>()
  #onIdle: (() => void) | undefined

  /** @param task woken when a call has settled, or a place is free. */
  constructor(stage: Stage, work: Work<A, B, C>, options: CheckedCalls<A>, task: WakeableTask, owner: CallerOwner<C>) {
    this.#stage = stage
    this.#work = work
    this.#options = options
    this.timeoutMs = options.timeoutMs ?? Infinity
    this.settleWithinMs = options.settleWithinMs
    this.#trials = new Trials<A, C>(stage, options.onError, (call) => { this.#told(call) })
    this.#retrials = new Retrials<C>(stage, (call) => { this.#enter(call) }, () => (this.running > 0 ? 'busy' : 'idle'))
    this.#adaptive = options.adaptive && new AdaptiveConcurrency(options.adaptive)
    this.#permits = options.limit && new Permits(options.limit, this)
    this.#task = task
    this.#owner = owner
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
    this.#trials.close()
    for (const { waiting: call } of this.#overdue) if (call?.verdict === 'again') this.#settle(call as C, 'skipped')
    for (let call = this.#retrials.shift(); call !== undefined; call = this.#retrials.shift()) this.#settle(call, 'skipped')
    if (this.running > 0) this.#stage.linger(new Promise<void>((resolve) => { this.#onIdle = resolve }), () => { this.#leave() })
  }

  /** The end of the run does not wait any longer: each try that is overdue is an overrun. */
  #leave(): void {
    for (const attempt of [...this.#overdue]) {
      attempt.close()
      this.vacated(attempt, true)
    }
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

  ranLate(call: Call<A, B>, attempt: TimedTry<A, B>): void {
    this.#overdue.add(attempt)
    call.overdue = attempt
    attempt.permit = call.permit
    call.permit = undefined
  }

  vacated(attempt: TimedTry<A, B>, overrun: boolean): void {
    this.#overdue.delete(attempt)
    attempt.permit?.release()
    attempt.permit = undefined
    if (overrun) this.#stage.overrun()
    const call = attempt.waiting as C | undefined
    if (call === undefined) {
      this.running--
      if (this.#isIdle()) return
      this.#owner.vacated(attempt.key)
      this.#stage.scope.scheduler.dispatch(this.#task.wake)
    } else {
      call.overdue = undefined
      // The item is tried again as soon as both are true: it was decided, and its last try is over.
      if (call.verdict === 'again') this.#told(call)
    }
  }

  #enter(call: C): void {
    if (this.#permits === undefined || this.#permits.take(call)) this.#call(call)
  }

  #call(call: C): void {
    if (this.#adaptive) call.startedAt = this.#stage.scope.clock.now()
    if (this.#options.timeoutMs !== undefined) {
      this.#callWithin(call)
      return
    }
    let work: B | PromiseLike<B>
    try {
      work = this.#work(call.item as A, call)
    } catch (error) {
      this.rejected(call, error)
      return
    }
    const promise = promiseOf(work)
    if (promise) promise.then(call.onResolve, call.onReject)
    else this.resolved(call, work as B)
  }

  #callWithin(call: C): void {
    const attempt = new TimedTry<A, B>(call, this.#stage, this)
    let work: B | PromiseLike<B>
    try {
      work = this.#work(call.item as A, attempt as unknown as C)
    } catch (error) {
      attempt.threw(error)
      return
    }
    attempt.begin(promiseOf(work) ?? Promise.resolve(work))
  }

  #measure(call: Call<A, B>): void {
    this.#adaptive?.ended(call.startedAt, this.#stage.scope.clock.now(), this.running)
  }

  #recover(call: C, error: unknown): void {
    // While it is decided about, its permit can serve another.
    call.over()
    if (this.#trials.failed(call, error) !== 'deciding') this.#told(call)
  }

  #told(call: C): void {
    const { verdict } = call
    if (verdict !== 'again') this.#settle(call, verdict === 'failed' ? 'failed' : 'skipped')
    else if (call.overdue === undefined) this.#retrials.add(call)
  }

  /** State first, then whoever waits for it. */
  #settle(call: C, state: 'done' | 'skipped' | 'failed'): void {
    call.over()
    call.state = state
    // Its place stays taken where its function runs on.
    if (call.overdue === undefined) this.running--
    if (this.#stage.outcome !== undefined) {
      call.overdue = undefined
      // Nobody wants the result any more; the end of the run waits for the last of them.
      call.giveBack(reasonOf(this.#stage.outcome))
      this.#isIdle()
      return
    }
    this.#owner.settled(call)
    call.overdue = undefined
    // While others are in flight their results may come in the same tick, and one turn serves them all.
    if (this.running === 0) this.#stage.scope.scheduler.dispatch(this.#task.wake)
    else this.#task.wake()
  }

  /** After the end of the stage: true, and told, where nothing runs any more. */
  #isIdle(): boolean {
    if (this.#stage.outcome === undefined) return false
    if (this.running === 0) this.#onIdle?.()
    return true
  }
}
