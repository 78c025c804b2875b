import type { Outcome, StageOptions } from '@sluice/core'
import { Held, Joint, PENDING, type Adjustable, type CheckedRate, type Openable, type Stage, type StageState, type Tickets } from '@sluice/core/authoring'
import { RateLanes, type Claim } from './rate-lanes'

/** What of a `rateLimit` does not change from run to run. */
export interface RateLimiting<A> extends StageOptions<A> {
  readonly rate: CheckedRate
  readonly capacity: number
  readonly maxKeys: number
  /** Its key and cost, as its user says: what it throws is put before the supervisor. */
  readonly ask: (value: A) => Claim
}

/**
 * Hands out values as the rates of their keys allow: a joint whose storage gives a value when its key has the tokens.
 *
 * ```text
 *   upstream ◀─pull 1─ feed ─▶ in hand ─▶ [lanes] ─ tokens ─▶ pull ◀─ consumer
 *                                    └ while its key is one too many, or its supervisor decides
 * ```
 *
 * Tokens are taken when a value goes, not when it could: after a slow consumer no more come at once than the burst.
 *
 * Invariant: at most one timer is armed, for what is waited for next.
 */
export class RateLimited<A> extends Joint<A> implements Adjustable {
  readonly #lanes: RateLanes<A>
  #timerAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Openable<A>, stage: Stage, { rate, capacity, maxKeys, ask, onError }: RateLimiting<A>) {
    const lanes = new RateLanes<A>(rate, maxKeys)
    // Low from the first value on that goes: a source that is slower than the rate is not held up.
    super(upstream, stage, new Held<A>({ name: stage.name, capacity, low: capacity - 1, order: { rank: ask, storage: () => lanes } }), onError)
    this.#lanes = lanes
    stage.adjusts(this)
  }

  get rate(): CheckedRate {
    return this.#lanes.rate
  }

  setRate(rate: CheckedRate): void {
    if (this.stage.outcome !== undefined) return
    this.#look()
    this.#lanes.setRate(rate)
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#arm()
  }

  override pull(into: A[], limit: number): number {
    this.#look()
    const count = super.pull(into, limit)
    if (count === PENDING) this.#arm()
    return count
  }

  override room(): number | StageState {
    if (this.hasInHand) this.#look()
    const room = super.room()
    if (room === 'backpressured') {
      this.#look()
      this.#arm()
    }
    return room
  }

  override take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean {
    this.#look()
    return super.take(values, count, tickets)
  }

  /** What was held is given back, whatever its time. */
  override close(outcome: Outcome): void {
    this.#cancelTimer?.()
    this.#lanes.isOpen = true
    super.close(outcome)
  }

  override ended(): void {
    if (this.held.isEmpty) this.feed.tell()
  }

  protected override came(): void {
    if (this.#lanes.dueAt > this.#lanes.now || !this.feed.tell()) this.#arm()
  }

  /** The lanes go by the time of the last look. */
  #look(): void {
    this.#lanes.now = this.stage.scope.clock.now()
  }

  /** One timer, for the first of: a value may go to a consumer that waits; there is room for the key in hand. */
  #arm(): void {
    const { isAwaited, isResting } = this.feed
    const { now } = this.#lanes
    const dueAt = isAwaited ? this.#lanes.dueAt : Infinity
    const at = Math.min(dueAt, this.hasInHand && isResting ? this.#lanes.roomAt : Infinity)
    if (at === Infinity || (this.#cancelTimer !== undefined && this.#timerAt <= at)) return
    this.#cancelTimer?.()
    this.#timerAt = at
    const { scheduler } = this.stage.scope
    this.#cancelTimer = this.stage.after(at - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => {
        this.feed.tell()
        if (this.hasInHand) this.feed.goOn()
      })
    }, 'rate')
  }
}
