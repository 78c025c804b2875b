import { type CostOptions, type LimitLike, type Outcome } from '@sluice/core'
import { answeredAtOnce, DONE, PENDING, type Outlet, type Puller, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'
import { RateExceededError } from './rate-exceeded-error'

/** What of a `throttle` does not change from run to run. */
export interface Throttling<A> {
  readonly cost: (value: A) => number
  readonly key: ((value: A) => unknown) | undefined
  readonly enforce: boolean
}

/**
 * Lets values pass as a {@link Limit} lets them.
 *
 * ```text
 *   free ── no tokens: [value held], in line at the limit ──▶ waiting ── permit ──▶ granted ── pulled ──▶ free
 *                                                                  └── refused ── pulled: throws ──▶ free
 * ```
 *
 * One value at a time is pulled, so that at most one is held, and only while it is wanted.
 */
export class Throttled<A> implements Puller<A> {
  readonly tickets: Tickets | null
  readonly #upstream: Outlet<A>
  readonly #stage: Stage
  readonly #limit: LimitLike
  readonly #throttling: Throttling<A>
  readonly #slot: (A | undefined)[] = []
  #state: 'free' | 'waiting' | 'granted' | 'refused' = 'free'
  #ticket: Ticket | undefined
  #refusal: unknown
  /** Made when it first waits. Not the run's signal: the stage may end long before the run does. */
  #controller: AbortController | undefined

  constructor(upstream: Outlet<A>, stage: Stage, limit: LimitLike, throttling: Throttling<A>) {
    this.tickets = upstream.tickets ? [] : null
    this.#upstream = upstream
    this.#stage = stage
    this.#limit = limit
    this.#throttling = throttling
  }

  pull(into: A[], limit: number): number {
    if (this.#stage.failing) return DONE
    if (this.#state === 'waiting') return PENDING
    let count = 0
    while (count < limit) {
      if (this.#state === 'free') {
        const answer = this.#upstream.pull(this.#slot as A[], 1)
        if (answer < 1) return count > 0 ? count : answer
        this.#ticket = this.#upstream.tickets?.[0]
        if (!this.#enter()) return count > 0 ? count : PENDING
      } else if (this.#state === 'refused') {
        this.#state = 'free'
        throw this.#refusal
      }
      this.#state = 'free'
      into[count] = this.#slot[0] as A
      if (this.tickets) this.tickets[count] = this.#ticket
      this.#slot[0] = this.#stage.item = this.#ticket = undefined
      this.#stage.ready = ++count
    }
    return count
  }

  close(outcome: Outcome): void {
    // Whoever stands in line has to leave it, or its tokens are lost to others.
    this.#controller?.abort(this)
    if (this.#state !== 'free') this.#ticket?.nack(outcome.status === 'failed' ? outcome.error : undefined)
    this.#slot[0] = this.#ticket = undefined
  }

  /** Whether the value in the slot may pass now; if not, it stands in line. */
  #enter(): boolean {
    const { cost, key, enforce } = this.#throttling
    const value = (this.#stage.item = this.#slot[0] as A)
    const asked: CostOptions = { cost: cost(value), key: answeredAtOnce(this.#stage.name, 'key', key?.(value)) }
    const permit = this.#limit.tryAcquire(asked)
    if (permit !== undefined) {
      permit.release()
      return true
    }
    if (enforce) throw new RateExceededError(`${this.#stage.name}: more values than the rate allows, and its mode is 'enforce'`)
    this.#wait(asked)
    return false
  }

  #wait(asked: CostOptions): void {
    this.#state = 'waiting'
    const over = this.#stage.waitFor('rate')
    this.#controller ??= new AbortController()
    const { signal } = this.#controller
    const { scheduler } = this.#stage.scope
    this.#limit.acquire({ ...asked, signal }).then(
      (permit) => {
        over()
        permit.release()
        this.#state = 'granted'
        scheduler.dispatch(this.#stage.wake)
      },
      (error: unknown) => {
        over()
        this.#state = 'refused'
        this.#refusal = error
        if (!signal.aborted) scheduler.dispatch(this.#stage.wake)
      },
    )
  }
}
