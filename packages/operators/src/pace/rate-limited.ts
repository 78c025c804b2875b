import {
  DONE, PENDING, supervisorOf,
  type Openable, type Outcome, type Puller, type Rate, type Stage, type StageOptions, type StageState, type Supervisor,
  type Ticket, type Tickets,
} from '@sluice/core'
import { judge } from '../recover/judge'
import { RateLanes, type Paced } from './rate-lanes'
import { ReadAhead, type Kept } from './read-ahead'

/** What of a `rateLimit` does not change from run to run. */
export interface RateLimiting<A> extends StageOptions<A> {
  readonly rate: Rate
  readonly capacity: number
  readonly maxKeys: number
  /** Its key and cost, as its user says: what it throws is put before the supervisor. */
  readonly ask: (value: A) => { readonly key: unknown; readonly cost: number }
}

/** A value that was read and is in no lane yet. */
interface InHand<A> {
  readonly item: A
  readonly ticket: Ticket | undefined
  attempt: number
  /** Absent until its key and cost are known. */
  paced: Paced<A> | undefined
}

/**
 * Hands out values as the rates of their keys allow.
 *
 * ```text
 *   upstream ◀─pull 1─ reading ─▶ in hand ─▶ [lanes] ─ tokens ─▶ pull ◀─ consumer
 *                                    └ while its key is one too many, or its supervisor decides
 * ```
 *
 * Tokens are taken when a value goes, not when it could: after a slow consumer no more come at once than the burst.
 *
 * Invariants: at most `capacity` values are in lanes and one is in hand; nothing is pulled while one is; at most one
 * timer is armed, for what is waited for next.
 */
export class RateLimited<A> implements Puller<A>, Kept<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #limiting: RateLimiting<A>
  readonly #supervisor: Supervisor | undefined
  readonly #lanes: RateLanes<A>
  readonly #reading: ReadAhead<A>
  #inHand: InHand<A> | undefined
  /** The supervisor makes up its mind about what is in hand. */
  #deciding = false
  #timerAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Openable<A>, stage: Stage, limiting: RateLimiting<A>) {
    this.#stage = stage
    this.#limiting = limiting
    this.#supervisor = supervisorOf(stage, limiting.onError)
    const { rate, capacity, maxKeys } = limiting
    const lanes = (this.#lanes = new RateLanes<A>(rate, capacity, maxKeys))
    this.#reading = new ReadAhead(upstream, stage, this)
    this.tickets = this.#reading.tickets
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
      this.#reading.goOn()
      return count
    }
    if (this.#lanes.size === 0 && (this.#reading.ended || this.#stage.failing)) return DONE
    this.#reading.wait()
    this.#arm(now)
    return PENDING
  }

  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = outcome.status === 'failed' ? outcome.error : undefined
    this.#lanes.giveBack(reason)
    this.#inHand?.ticket?.nack(reason)
    this.#inHand = undefined
  }

  room(): number | StageState {
    if (this.#inHand) this.#place()
    if (this.#deciding) return 'busy'
    if (this.#reading.ended) return 'idle'
    if (this.#inHand === undefined && this.#lanes.size < this.#limiting.capacity) return 1
    const state = this.#reading.rest()
    this.#arm(this.#now())
    return state
  }

  take(values: readonly A[], _count: number, tickets: Tickets | null | undefined): boolean {
    this.#inHand = { item: values[0] as A, ticket: tickets?.[0], attempt: 1, paced: undefined }
    this.#place()
    return false
  }

  ended(): void {
    if (this.#lanes.size === 0) this.#reading.tell()
  }

  #now(): number {
    return this.#stage.scope.clock.now()
  }

  /** Puts what is in hand in its lane. It stays in hand while it is decided about, or its key has to wait for room. */
  #place(): void {
    while (this.#inHand && !this.#deciding) {
      const { item, ticket } = this.#inHand
      try {
        this.#inHand.paced ??= { value: item, ticket, ...this.#limiting.ask(item) }
      } catch (error) {
        this.#failed(this.#inHand, error)
        continue
      }
      const now = this.#now()
      if (!this.#lanes.add(this.#inHand.paced, now)) return
      this.#inHand = undefined
      if (this.#lanes.dueAt > now || !this.#reading.tell()) this.#arm(now)
    }
  }

  /** What is asked of the value has thrown. */
  #failed(value: InHand<A>, error: unknown): void {
    this.#deciding = undefined === judge(this.#supervisor, error, value, {
      goOn: (recovery) => {
        if (recovery === 'retry') {
          value.attempt++
          return true
        }
        this.#inHand = undefined
        this.#stage.settle(value.ticket, recovery)
        return true
      },
      giveUp: (final) => {
        this.#inHand = undefined
        this.#reading.end()
        this.#stage.giveUp(value.ticket, final)
        this.#stage.fail(final, value.item, value.attempt)
        return true
      },
    }, (carryOut) => {
      if (this.#stage.outcome !== undefined) return
      this.#deciding = false
      carryOut()
      this.#stage.scope.scheduler.dispatch(this.#reading.task.wake)
    })
  }

  /** One timer, for the first of: a value may go to a consumer that waits; there is room for the key in hand. */
  #arm(now: number): void {
    const { isAwaited, isResting } = this.#reading
    const dueAt = isAwaited ? this.#lanes.dueAt : Infinity
    const at = Math.min(dueAt, this.#inHand !== undefined && isResting ? this.#lanes.roomAt(now) : Infinity)
    if (at === Infinity || (this.#cancelTimer !== undefined && this.#timerAt <= at)) return
    this.#cancelTimer?.()
    this.#timerAt = at
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(at - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => {
        this.#reading.tell()
        if (this.#inHand !== undefined) this.#reading.goOn()
      })
    })
  }
}
