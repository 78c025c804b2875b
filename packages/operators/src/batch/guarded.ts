import { type OnError, type Outcome } from '@sluice/core'
import {
  DONE, Feed, PENDING, reasonOf, Trial, Trials, type Fed, type Keeper, type Openable, type Outlet, type Stage,
  type Ticket, type Tickets, type Wake,
} from '@sluice/core/authoring'

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
 * Invariant: `ticket` is owed exactly while the state is 'there', or 'trial' and nothing was decided.
 */
export class Guarded<A, R> extends Trial<A> implements Fed<A> {
  result: R | undefined
  /** What ended it, where something did. */
  failure: { readonly error: unknown } | undefined
  readonly #upstream: Outlet<A>
  readonly #stage: Stage
  readonly #call: (value: A) => R
  readonly #trials: Trials<A>
  readonly #slot: A[] = []
  #state: 'empty' | 'there' | 'trial' | 'ended' = 'empty'

  constructor(upstream: Outlet<A>, stage: Stage, call: (value: A) => R, onError: OnError<A> | undefined, wake: Wake = stage.wake) {
    super()
    this.#upstream = upstream
    this.#stage = stage
    this.#call = call
    this.#trials = new Trials<A>(stage, onError, wake)
  }

  get value(): A | undefined {
    return this.item
  }

  /** A value is there, and waits for `take()`. */
  get isThere(): boolean {
    return this.#state === 'there'
  }

  /** Those of upstream; the ticket of the value that is there is `ticket`. */
  get tickets(): Tickets | null | undefined {
    return this.#upstream.tickets
  }

  /** As `peek()`, for a feed: the value is not written anywhere. */
  pull(): number {
    return this.peek()
  }

  /** A retry or a dead letter is under way. */
  get isWaiting(): boolean {
    return this.#state === 'trial'
  }

  peek(): number {
    if (this.#state === 'there') return 1
    if (this.#state === 'ended') return DONE
    if (this.#state === 'empty') {
      const count = this.#read()
      if (count < 0) return count
    } else if (this.verdict === 'again') {
      this.tryAgain()
    } else {
      return this.#decided()
    }
    try {
      this.result = this.#call(this.item as A)
    } catch (error) {
      return this.#recover(error)
    }
    this.#state = 'there'
    return 1
  }

  /** Lets go of value, result and ticket, which are the caller's now. */
  take(): A {
    const value = this.item as A
    this.#state = 'empty'
    this.item = this.result = this.ticket = undefined
    return value
  }

  /** A value that was taken, and no other since, has failed after all. Answers as `peek`, which may hand it out again. */
  failed(error: unknown, value: A, ticket: Ticket | undefined, attempt: number): number {
    this.begin(value, ticket)
    this.attempt = attempt
    return this.#recover(error)
  }

  close(outcome: Outcome): void {
    if (this.#state !== 'empty') this.giveBack(reasonOf(outcome))
    this.#trials.close()
    this.#state = 'ended'
    this.clear()
    this.result = undefined
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
    this.begin(this.#slot[0] as A, this.#upstream.tickets?.[0])
    this.#slot[0] = undefined as A
    return count
  }

  #recover(error: unknown): number {
    this.#state = 'trial'
    this.#trials.failed(this, error)
    return this.#decided()
  }

  /** Answers as `peek`, for a value that failed. */
  #decided(): number {
    if (this.verdict === 'skipped') {
      this.take()
      return 0
    }
    if (this.verdict !== 'failed') return PENDING
    const { item, error, attempt } = this
    this.take()
    this.#state = 'ended'
    this.failure = { error }
    this.#stage.fail(error, item, attempt)
    return DONE
  }
}

/** A feed that reads guarded values: its keeper finds each in `values`, and takes it from there when it fits. */
export function guardedFeed<A, R>(
  upstream: Openable<A>, stage: Stage, keeper: Keeper<A>, call: (value: A) => R, onError: OnError<A> | undefined,
): { readonly feed: Feed<A>; readonly values: Guarded<A, R> } {
  let values!: Guarded<A, R>
  const feed = new Feed<A>(stage, keeper, (wake) => (values = new Guarded(stage.open(upstream, wake), stage, call, onError, wake)))
  return { feed, values }
}
