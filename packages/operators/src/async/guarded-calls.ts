import { calledWithin, Calls, promiseOf, type Call, type CallMaker, type Stage } from '@sluice/core/authoring'
import { AdaptiveConcurrency } from './adaptive-concurrency'
import type { CallContext, CheckedCalls } from './call-options'
import { Permits, type PermitOwner } from './permits'
import { TimedTry, type TryOwner } from './timed-try'

/** The function of the user's that is called for each value. */
export type GuardedWork<A, B> = (item: A, context: CallContext & { readonly key: unknown }) => B | PromiseLike<B>

/**
 * Calls of a function, each try under its permit, its time limit, and a concurrency that may adapt.
 *
 * ```text
 *   make ─▶ permit ─▶ function ─┬─ settles ─────────▶ resolved, rejected
 *                               └─ timeoutMs ─▶ rejected, overdue ─▶ vacated
 * ```
 *
 * A call whose function is overdue settles, but its place is free when the function has settled as well; its next try
 * waits for that, too.
 *
 * Invariant: a permit is held by a call from the moment it is given until the function has settled, or has become an overrun.
 */
export class GuardedCalls<A, B> implements CallMaker<A, B>, PermitOwner<A, B>, TryOwner<A, B> {
  readonly setConcurrency: ((concurrency: number) => void) | undefined
  readonly timeoutMs: number
  readonly settleWithinMs: number
  readonly #calls: Calls<A, B>
  readonly #stage: Stage
  readonly #work: GuardedWork<A, B>
  readonly #options: CheckedCalls<A>
  #beside: number
  #concurrency: number
  readonly #adaptive: AdaptiveConcurrency | undefined
  readonly #permits: Permits<A, B> | undefined
  readonly #readsOne: boolean
  readonly #wake: () => void
  /** When functions were called, where somebody wants to know. */
  readonly #startedAt = new Map<Call<A, B>, number>()
  /** Tries whose functions run on after their time. */
  readonly #overdue = new Set<TimedTry<A, B>>()

  /**
   * @param wake has the stage look what a call holds up that was made later than in a turn of its own.
   * @param beside values that are held beside the calls that run, at most.
   * @param follows whether `beside` is the concurrency where that is changed.
   * @param readsOne one value at a time stands in line for a permit: what is behind it can wait upstream as well.
   */
  constructor(calls: Calls<A, B>, stage: Stage, wake: () => void, work: GuardedWork<A, B>, options: CheckedCalls<A>, beside: number, readsOne: boolean, follows: boolean) {
    this.#calls = calls
    this.#stage = stage
    this.#wake = wake
    this.#work = work
    this.#options = options
    this.#beside = beside
    this.#concurrency = options.concurrency
    this.#readsOne = readsOne && options.limit !== undefined
    this.timeoutMs = options.timeoutMs ?? Infinity
    this.settleWithinMs = options.settleWithinMs
    this.#adaptive = options.adaptive && new AdaptiveConcurrency(options.adaptive)
    this.#permits = options.limit && new Permits(options.limit, stage, this)
    // What adapts by itself is not changed by others.
    this.setConcurrency = this.#adaptive ? undefined : (concurrency) => {
      this.#concurrency = concurrency
      if (follows) this.#beside = concurrency
    }
  }

  get concurrency(): number {
    return this.#adaptive?.current ?? this.#concurrency
  }

  get capacity(): number {
    return this.concurrency + this.#beside
  }

  room(running: number): number {
    const room = this.concurrency - running
    if (!this.#readsOne) return room
    return (this.#permits?.waiting ?? 0) > 0 ? 0 : Math.min(room, 1)
  }

  make(call: Call<A, B>): void {
    if (this.#permits === undefined || this.#permits.take(call)) this.#call(call)
  }

  over(call: Call<A, B>): void {
    this.#permits?.giveBack(call)
    const startedAt = this.#startedAt.get(call)
    if (startedAt === undefined) return
    this.#startedAt.delete(call)
    this.#adaptive?.ended(startedAt, this.#stage.scope.clock.now(), this.#calls.running)
  }

  close(): void {
    this.#permits?.close()
  }

  /** Each try that is overdue when the end of the run waits no longer is an overrun. */
  leave(): void {
    for (const attempt of [...this.#overdue]) {
      attempt.close()
      this.vacated(attempt, true)
    }
  }

  permitted(call: Call<A, B>): void {
    if (this.#stage.outcome === undefined) {
      this.#calls.begunLater(call)
      this.#call(call)
      // The call may have held up others.
      this.#stage.scope.scheduler.dispatch(this.#wake)
    } else {
      this.#calls.rejected(call, undefined)
    }
  }

  refused(call: Call<A, B>, error: unknown): void {
    this.#calls.rejected(call, error)
  }

  resolved(call: Call<A, B>, value: B): void {
    this.#calls.resolved(call, value)
  }

  rejected(call: Call<A, B>, error: unknown): void {
    this.#calls.rejected(call, error)
  }

  ranLate(call: Call<A, B>, attempt: TimedTry<A, B>): void {
    this.#overdue.add(attempt)
    call.overdue = attempt
    attempt.permit = this.#permits?.handOver(call)
  }

  vacated(attempt: TimedTry<A, B>, overrun: boolean): void {
    this.#overdue.delete(attempt)
    attempt.permit?.release()
    attempt.permit = undefined
    if (overrun) this.#stage.overrun()
    this.#calls.vacated(attempt.waiting, attempt.key)
  }

  #call(call: Call<A, B>): void {
    if (this.#adaptive) this.#startedAt.set(call, this.#stage.scope.clock.now())
    const attempt = this.#options.timeoutMs === undefined ? undefined : new TimedTry<A, B>(call, this.#stage, this)
    let answer: B | PromiseLike<B>
    try {
      const within = call.ticket?.within
      answer = within === undefined ? this.#work(call.item as A, attempt ?? call) : calledWithin(within, () => this.#work(call.item as A, attempt ?? call))
    } catch (error) {
      if (attempt) attempt.threw(error)
      else this.#calls.rejected(call, error)
      return
    }
    const promise = promiseOf(answer)
    if (attempt) attempt.begin(promise ?? Promise.resolve(answer))
    else if (promise) promise.then(call.onResolve, call.onReject)
    else this.#calls.resolved(call, answer as B)
  }
}
