import { type Outcome, type StageOptions } from '@sluice/core'
import {
  DONE, Feed, PENDING, reasonOf, Trial, Trials, type CheckedRate, type Keeper, type Openable, type Puller, type Stage, type StageState,
  type Tickets,
} from '@sluice/core/authoring'
import { RateLanes, type Paced } from './rate-lanes'

/** What of a `rateLimit` does not change from run to run. */
export interface RateLimiting<A> extends StageOptions<A> {
  readonly rate: CheckedRate
  readonly capacity: number
  readonly maxKeys: number
  /** Its key and cost, as its user says: what it throws is put before the supervisor. */
  readonly ask: (value: A) => { readonly key: unknown; readonly cost: number }
}

/** A value that was read and is in no lane yet. */
class InHand<A> extends Trial<A> {
  /** Absent until its key and cost are known. */
  paced: Paced<A> | undefined
}

/**
 * Hands out values as the rates of their keys allow.
 *
 * ```text
 *   upstream ◀─pull 1─ feed ─▶ in hand ─▶ [lanes] ─ tokens ─▶ pull ◀─ consumer
 *                                    └ while its key is one too many, or its supervisor decides
 * ```
 *
 * Tokens are taken when a value goes, not when it could: after a slow consumer no more come at once than the burst.
 *
 * Invariants: at most `capacity` values are in lanes and one is in hand; nothing is pulled while one is; at most one
 * timer is armed, for what is waited for next.
 */
export class RateLimited<A> implements Puller<A>, Keeper<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #limiting: RateLimiting<A>
  readonly #trials: Trials<A, InHand<A>>
  readonly #lanes: RateLanes<A>
  readonly #feed: Feed<A>
  #inHand: InHand<A> | undefined
  #timerAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Openable<A>, stage: Stage, limiting: RateLimiting<A>) {
    this.#stage = stage
    this.#limiting = limiting
    const { rate, capacity, maxKeys } = limiting
    const lanes = (this.#lanes = new RateLanes<A>(rate, capacity, maxKeys))
    this.#feed = new Feed<A>(stage, this, (wake) => stage.open(upstream, wake))
    this.#trials = new Trials(stage, limiting.onError, this.#feed.wake)
    this.tickets = this.#feed.tickets
    stage.expose({ capacity, get size() { return lanes.size } })
  }

  pull(into: A[], limit: number): number {
    const now = this.#now()
    let count = 0
    for (let entry; count < limit && (entry = this.#lanes.take(now)) !== undefined; count++) {
      into[count] = entry.value
      if (this.tickets) this.tickets[count] = entry.ticket
    }
    if (count > 0) {
      this.#feed.goOn()
      return count
    }
    if (this.#lanes.size === 0 && this.#feed.isOver) return DONE
    this.#feed.wait()
    this.#arm(now)
    return PENDING
  }

  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = reasonOf(outcome)
    this.#lanes.giveBack(reason)
    this.#inHand?.giveBack(reason)
    this.#inHand = undefined
    this.#trials.close()
  }

  room(): number | StageState {
    if (this.#inHand) this.#place()
    if (this.#inHand && this.#inHand.paced === undefined) return 'busy'
    if (this.#feed.ended) return 'idle'
    if (this.#inHand === undefined && this.#lanes.size < this.#limiting.capacity) return 1
    const state = this.#feed.rest()
    this.#arm(this.#now())
    return state
  }

  take(values: readonly A[], _count: number, tickets: Tickets | null | undefined): boolean {
    this.#inHand = new InHand<A>()
    this.#inHand.begin(values[0] as A, tickets?.[0])
    this.#place()
    return false
  }

  ended(): void {
    if (this.#lanes.size === 0) this.#feed.tell()
  }

  #now(): number {
    return this.#stage.scope.clock.now()
  }

  /** Puts what is in hand in its lane. It stays in hand while it is decided about, or its key has to wait for room. */
  #place(): void {
    const value = this.#inHand
    if (value === undefined) return
    if (value.verdict === 'again') value.tryAgain()
    if (value.verdict === 'open') this.#ask(value)
    if (value.verdict !== 'open') {
      this.#decided(value)
      return
    }
    const now = this.#now()
    if (!this.#lanes.add(value.paced as Paced<A>, now)) return
    this.#inHand = undefined
    if (this.#lanes.dueAt > now || !this.#feed.tell()) this.#arm(now)
  }

  #ask(value: InHand<A>): void {
    const item = value.item as A
    try {
      value.paced ??= { value: item, ticket: value.ticket, ...this.#limiting.ask(item) }
    } catch (error) {
      this.#trials.failed(value, error)
    }
  }

  /** What is asked of the value has thrown. */
  #decided({ verdict, error, item, attempt }: InHand<A>): void {
    if (verdict !== 'skipped' && verdict !== 'failed') return
    this.#inHand = undefined
    if (verdict === 'skipped') return
    this.#feed.end()
    this.#stage.fail(error, item, attempt)
  }

  /** One timer, for the first of: a value may go to a consumer that waits; there is room for the key in hand. */
  #arm(now: number): void {
    const { isAwaited, isResting } = this.#feed
    const dueAt = isAwaited ? this.#lanes.dueAt : Infinity
    const at = Math.min(dueAt, this.#inHand !== undefined && isResting ? this.#lanes.roomAt(now) : Infinity)
    if (at === Infinity || (this.#cancelTimer !== undefined && this.#timerAt <= at)) return
    this.#cancelTimer?.()
    this.#timerAt = at
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(at - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => {
        this.#feed.tell()
        if (this.#inHand !== undefined) this.#feed.goOn()
      })
    })
  }
}
