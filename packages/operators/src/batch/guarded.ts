import {
  DONE, PENDING, supervisorOf, reasonOf,
  type OnError, type Outcome, type Outlet, type Recovery, type Stage, type Supervisor, type Ticket, type Wake,
} from '@sluice/core'
import { judge } from '../recover/judge'

/**
 * Upstream's values one at a time, each with what a function of the user's says of it, under the stage's supervisor.
 *
 * ```text
 *   peek() ─▶ 1        value, result and ticket are there, until `take()`
 *         ├─▶ 0        the value was skipped: ask again
 *         ├─▶ PENDING  nothing there, or a retry or a dead letter is under way: `wake` follows
 *         └─▶ DONE     upstream has ended, or something has failed for good and the stage was told
 * ```
 *
 * The kernel's own supervision throws away what an operator has collected; this lets it hand that on first.
 *
 * Invariant: `ticket` is owed exactly while the state is 'there', 'again' or 'waiting'.
 */
export class Guarded<A, R> {
  value: A | undefined
  result: R | undefined
  ticket: Ticket | undefined
  attempt = 1
  /** What ended it, where something did. */
  failure: { readonly error: unknown } | undefined
  readonly #upstream: Outlet<A>
  readonly #stage: Stage
  readonly #call: (value: A) => R
  readonly #wake: Wake
  readonly #supervisor: Supervisor | undefined
  readonly #slot: A[] = []
  #state: 'empty' | 'there' | 'again' | 'waiting' | 'ended' = 'empty'

  constructor(upstream: Outlet<A>, stage: Stage, call: (value: A) => R, onError: OnError<A> | undefined, wake: Wake = stage.wake) {
    this.#upstream = upstream
    this.#stage = stage
    this.#call = call
    this.#wake = wake
    this.#supervisor = supervisorOf(stage, onError)
  }

  /** A retry or a dead letter is under way. */
  get isWaiting(): boolean {
    return this.#state === 'waiting'
  }

  peek(): number {
    if (this.#state === 'there') return 1
    if (this.#state === 'waiting') return PENDING
    if (this.#state === 'ended') return DONE
    if (this.#state === 'empty') {
      const count = this.#read()
      if (count < 0) return count
    }
    try {
      this.result = this.#call(this.value as A)
    } catch (error) {
      return this.#recover(error)
    }
    this.#state = 'there'
    return 1
  }

  /** Lets go of value, result and ticket, which are the caller's now. */
  take(): A {
    const value = this.value as A
    this.#state = 'empty'
    this.value = this.result = this.ticket = undefined
    return value
  }

  /** A value that was taken, and no other since, has failed after all. Answers as `peek`, which may hand it out again. */
  failed(error: unknown, value: A, ticket: Ticket | undefined, attempt: number): number {
    this.value = value
    this.ticket = ticket
    this.attempt = attempt
    return this.#recover(error)
  }

  close(outcome: Outcome): void {
    if (this.#state !== 'empty') this.ticket?.nack(reasonOf(outcome))
    this.#state = 'ended'
    this.value = this.result = this.ticket = undefined
  }

  #read(): number {
    let count: number
    try {
      count = this.#upstream.pull(this.#slot, 1)
    } catch (error) {
      this.#state = 'ended'
      this.failure = { error }
      this.#stage.fail(error)
      return DONE
    }
    if (count === DONE) this.#state = 'ended'
    if (count < 1) return count
    this.value = this.#slot[0]
    this.#slot[0] = undefined as A
    this.ticket = this.#upstream.tickets?.[0]
    this.attempt = 1
    return count
  }

  #recover(error: unknown): number {
    const answer = judge(this.#supervisor, error, { item: this.value, attempt: this.attempt }, {
      goOn: (recovery) => this.#goOn(recovery),
      giveUp: (final) => this.#giveUp(final),
    }, (carryOut) => {
      if (this.#state !== 'waiting') return
      carryOut()
      this.#stage.scope.scheduler.dispatch(this.#wake)
    })
    if (answer !== undefined) return answer
    this.#state = 'waiting'
    return PENDING
  }

  #goOn(recovery: Recovery): number {
    if (recovery === 'retry') {
      this.#state = 'again'
      this.attempt++
    } else {
      this.#stage.settle(this.ticket, recovery)
      this.take()
    }
    return 0
  }

  #giveUp(error: unknown): number {
    const { value, ticket, attempt } = this
    this.take()
    this.#state = 'ended'
    this.failure = { error }
    this.#stage.giveUp(ticket, error)
    this.#stage.fail(error, value, attempt)
    return DONE
  }
}
