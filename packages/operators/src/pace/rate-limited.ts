import {
  DONE, isThenable, PENDING, supervisorOf,
  type Openable, type Outcome, type Outlet, type Puller, type Rate, type Recovery, type Stage, type StageOptions, type StageState, type Supervisor,
  type Ticket, type Tickets, type WakeableTask,
} from '@sluice/core'
import { RateLanes, type Paced } from './rate-lanes'

/** What of a `rateLimit` does not change from run to run. */
export interface RateLimiting<A> extends StageOptions<A> {
  readonly rate: Rate
  readonly capacity: number
  readonly maxKeys: number
  /** Its key and cost, as its user says: what it throws is put before the supervisor. */
  readonly ask: (value: A) => { readonly key: unknown; readonly cost: number }
}

/**
 * Hands out values as the rates of their keys allow.
 *
 * ```text
 *   upstream ◀─pull 1─ pump ─▶ in hand ─▶ [lanes] ─ tokens ─▶ pull ◀─ consumer
 *                                 └ while its key is one too many, or its supervisor decides
 * ```
 *
 * Tokens are taken when a value goes, not when it could: after a slow consumer no more come at once than the burst.
 *
 * Invariants: at most `capacity` values are in lanes and one is in hand; nothing is pulled while one is; at most one
 * timer is armed, for what is waited for next.
 */
export class RateLimited<A> implements Puller<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #limiting: RateLimiting<A>
  readonly #supervisor: Supervisor | undefined
  readonly #lanes: RateLanes<A>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<A>
  readonly #batch: A[] = []
  #inHand: Paced<A> | undefined
  #recovering = false
  #recoveringTicket: Ticket | undefined
  #timerAt = Infinity
  #cancelTimer: (() => void) | undefined
  #started = false
  /** The pump waits for room: for a value, or for a key. */
  #resting = false
  #ended = false
  /** The consumer was answered PENDING and waits for a wake. */
  #waiting = false

  constructor(upstream: Openable<A>, stage: Stage, limiting: RateLimiting<A>) {
    this.#stage = stage
    this.#limiting = limiting
    this.#supervisor = supervisorOf(stage, limiting.onError)
    const { rate, capacity, maxKeys } = limiting
    const lanes = (this.#lanes = new RateLanes<A>(rate, capacity, maxKeys))
    this.#task = stage.task(() => this.#pump())
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
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
      if (this.#resting) {
        this.#resting = false
        this.#task.wake()
      }
      return count
    }
    if (this.#lanes.size === 0 && (this.#ended || this.#stage.failing)) return DONE
    this.#waiting = true
    this.#arm(now)
    if (!this.#started) {
      this.#started = true
      this.#task.wake()
    }
    return PENDING
  }

  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = outcome.status === 'failed' ? outcome.error : undefined
    this.#lanes.giveBack(reason)
    this.#inHand?.ticket?.nack(reason)
    this.#recoveringTicket?.nack(reason)
    this.#inHand = this.#recoveringTicket = undefined
  }

  #now(): number {
    return this.#stage.scope.clock.now()
  }

  #pump(): StageState {
    const { scheduler } = this.#stage.scope
    while (!this.#ended) {
      if (this.#recovering) return 'busy'
      const now = this.#now()
      if ((this.#inHand !== undefined && !this.#enter(this.#inHand, now)) || this.#lanes.size >= this.#limiting.capacity) {
        this.#resting = true
        this.#arm(now)
        return 'backpressured'
      }
      const count = this.#upstream.pull(this.#batch, 1)
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.#ended = true
        if (this.#lanes.size === 0) this.#tell()
        return 'idle'
      }
      const value = this.#batch[0] as A
      this.#batch[0] = undefined as A
      this.#admit(value, this.#upstream.tickets?.[0], 1)
      if (scheduler.spent(1)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }

  /** Asks what the value needs, again and again if its supervisor says so, and puts it in hand. */
  #admit(value: A, ticket: Ticket | undefined, firstAttempt: number): void {
    for (let attempt = firstAttempt; ; attempt++) {
      try {
        const entry = { value, ticket, ...this.#limiting.ask(value) }
        if (!this.#enter(entry, this.#now())) this.#inHand = entry
        return
      } catch (error) {
        const recovery = this.#recover(error, value, ticket, attempt)
        if (recovery === 'skip') ticket?.ack()
        if (recovery !== 'retry') return
      }
    }
  }

  /** Answers what to do now; undefined: nothing more, or not yet. */
  #recover(error: unknown, value: A, ticket: Ticket | undefined, attempt: number): Recovery | undefined {
    const giveUp = (final: unknown): void => {
      this.#recovering = false
      this.#recoveringTicket = undefined
      this.#ended = true
      ticket?.nack(final)
      this.#stage.fail(final, value, attempt)
    }
    try {
      if (this.#supervisor === undefined) throw error
      const recovery = this.#supervisor.recover(error, value, attempt)
      if (!isThenable(recovery)) return recovery
      this.#recovering = true
      this.#recoveringTicket = ticket
      recovery.then((done) => {
        if (this.#stage.outcome !== undefined) return
        this.#recovering = false
        this.#recoveringTicket = undefined
        if (done === 'retry') this.#admit(value, ticket, attempt + 1)
        else ticket?.ack()
        this.#stage.scope.scheduler.dispatch(this.#task.wake)
      }, giveUp)
    } catch (final) {
      giveUp(final)
    }
    return undefined
  }

  /** Puts a value in its lane; false where its key has to wait for room. */
  #enter(entry: Paced<A>, now: number): boolean {
    if (!this.#lanes.add(entry, now)) return false
    this.#inHand = undefined
    if (this.#waiting && this.#lanes.dueAt <= now) this.#tell()
    else this.#arm(now)
    return true
  }

  #tell(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#stage.wake()
  }

  /** One timer, for the first of: a value may go to a consumer that waits; there is room for the key in hand. */
  #arm(now: number): void {
    const dueAt = this.#waiting ? this.#lanes.dueAt : Infinity
    const at = Math.min(dueAt, this.#inHand !== undefined && this.#resting ? this.#lanes.roomAt(now) : Infinity)
    if (at === Infinity || (this.#cancelTimer !== undefined && this.#timerAt <= at)) return
    this.#cancelTimer?.()
    this.#timerAt = at
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(at - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => {
        this.#tell()
        if (this.#resting && this.#inHand !== undefined) {
          this.#resting = false
          this.#task.wake()
        }
      })
    })
  }
}
