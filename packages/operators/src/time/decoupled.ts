import { type Outcome } from '@sluice/core'
import { DONE, Feed, Gauge, Held, reasonOf, type Keeper, type Openable, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { isDue } from '../timing/due'

/** Which values pass, and when: what debounce, sample and their like differ in. Times are those of the run's clock. */
export interface Timing {
  /**
   * A value has come. Answers from when on it may go, in the place of one that is held until `due`; Infinity: when
   * {@link Decoupled.release} is called; undefined: it is dropped.
   */
  came(now: number, due: number | undefined): number | undefined
  /** The value held may go now. */
  went?(now: number): void
}

/** Options of the operators that let go of values when downstream, or time, wants fewer. */
export interface TimeOptions {
  /** Shown in failures, stats and the graph. Default: the operator's name. */
  readonly name?: string | undefined
}

/**
 * Keeps consuming upstream whatever downstream does, and hands out the values that a {@link Timing} lets pass.
 *
 * ```text
 *   upstream ◀─pull 1─ feed ─▶ [held] ─ its time has come ─▶ [ready] ─▶ pull ◀─ consumer
 *                                   └ replaced: dropped            └ not taken when the next one comes: dropped
 * ```
 *
 * Nothing is pulled before the consumer's first pull; then one value at a time, since its time is when it is pulled.
 * At the end what is held goes at once: nothing newer can come.
 *
 * Invariants: at most two values are held; at most one timer is armed, and it fires no later than `#due`.
 */
export class Decoupled<T> implements Puller<T>, Keeper<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #timing: Timing
  readonly #keepLast: boolean
  readonly #feed: Feed<T>
  readonly #held: Held<T>
  readonly #ready: Held<T>
  readonly #gauge: Gauge
  /** When what is held may go. */
  #due = Infinity
  /** When the values came that are held, and ready. */
  #heldSince = 0
  #readySince = 0
  #cancelTimer: (() => void) | undefined

  /** @param keepLast false: what is held when upstream ends is dropped. */
  constructor(upstream: Openable<T>, stage: Stage, timing: Timing, keepLast = true) {
    this.#stage = stage
    this.#timing = timing
    this.#keepLast = keepLast
    const one = (): Held<T> => new Held({ capacity: 1, overflow: 'latest', onDrop: (_value, ticket) => { stage.settle(ticket, 'dropped') } })
    this.#held = one()
    this.#ready = one()
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    const size = (): number => this.#held.size + this.#ready.size
    const since = (): number => (this.#ready.isEmpty ? this.#heldSince : this.#readySince)
    this.#gauge = new Gauge({ capacity: 2, isOrdered: false, get size() { return size() }, oldestMs: (now) => (size() === 0 ? null : now - since()) })
    stage.expose(this.#gauge)
  }

  pull(into: T[], limit: number): number {
    const over = this.#feed.isOver
    if (over && !this.#keepLast) this.#held.dropAll()
    const next = over && this.#ready.isEmpty ? this.#held : this.#ready
    const count = next.drainInto(into, this.tickets, limit)
    if (count > 0) {
      this.#gauge.changed()
      return count
    }
    return over ? DONE : this.#feed.wait()
  }

  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = reasonOf(outcome)
    this.#held.giveBack(reason)
    this.#ready.giveBack(reason)
    this.#gauge.changed()
  }

  /** What is held may go now, whatever its time. */
  release(): void {
    if (this.#held.isEmpty || this.#feed.isOver) return
    this.#ripen(this.#stage.scope.clock.now())
    this.#feed.tell()
  }

  /** It never fills up: so the consumer, when it was woken, has its turn before the next value comes. */
  room(): number {
    return 1
  }

  take(values: readonly T[], _count: number, tickets: Tickets | null | undefined): boolean {
    const now = this.#stage.scope.clock.now()
    const ticket = tickets?.[0]
    // A value whose time came just now is not replaced, though its timer may fire only after this.
    let isRipe = this.#isDue(now)
    if (isRipe) this.#ripen(now)
    const due = this.#timing.came(now, this.#held.isEmpty ? undefined : this.#due)
    if (due === undefined) {
      this.#stage.settle(ticket, 'dropped')
    } else {
      this.#held.push(values[0] as T, ticket)
      this.#heldSince = now
      this.#due = due
      if (this.#isDue(now)) {
        this.#ripen(now)
        isRipe = true
      } else {
        this.#arm(now)
      }
    }
    this.#gauge.changed()
    return isRipe && this.#feed.tell()
  }

  ended(): void {
    this.#cancelTimer?.()
    this.#feed.tell()
  }

  #isDue(now: number): boolean {
    return !this.#held.isEmpty && isDue(this.#due, now)
  }

  #ripen(now: number): void {
    const ripe = this.#held.shift()
    if (ripe) {
      this.#ready.push(ripe.value, ripe.ticket)
      this.#readySince = this.#heldSince
      this.#gauge.changed()
    }
    this.#due = Infinity
    this.#timing.went?.(now)
  }

  /** A due time only ever moves away, so a timer that is armed is early enough, and arms the next one. */
  #arm(now: number): void {
    if (this.#due === Infinity || this.#cancelTimer !== undefined) return
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = this.#stage.after(this.#due - now, () => {
      this.#cancelTimer = undefined
      // Where upstream has failed meanwhile, what is held goes after what is ready, not in its place.
      if (this.#held.isEmpty || this.#stage.failing) return
      const later = clock.now()
      if (!this.#isDue(later)) {
        this.#arm(later)
        return
      }
      this.#ripen(later)
      if (this.#feed.isAwaited) scheduler.dispatch(() => { this.#feed.tell() })
    })
  }
}
