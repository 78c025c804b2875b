import { DONE } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Puller } from '../contract/puller'
import type { Openable } from '../contract/source'
import type { Stage, StageState } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { RingBuffer } from '../held/ring-buffer'
import { Feed, type Keeper } from './feed'
import { JointWeights } from './joint-weights'

/** What a joint does with a value when it is full. */
export type JointOverflow = 'wait' | 'drop-oldest' | 'drop-newest' | 'fail'

/** Options of a {@link Joint}, checked by the operator that makes it. */
export interface JointOptions<T> {
  /** Values held at most, 1 or more. */
  readonly capacity: number
  /** Full, it rests until so few are left. Default `capacity - ceil(3/4 capacity)`. Taken from Reactor's prefetch. */
  readonly low?: number | undefined
  readonly overflow?: JointOverflow | undefined
  /** What is held weighs at most so much; a value heavier than that enters only an empty queue. With `weigh`. */
  readonly maxWeight?: number | undefined
  /** What a value weighs, 0 or more. */
  readonly weigh?: ((value: T) => number) | undefined
  /** Told of every dropped value. */
  readonly onDrop?: ((value: T) => void) | undefined
  /** The error for the policy `fail`. */
  readonly full?: ((value: T) => unknown) | undefined
}

/**
 * A bounded queue between two stages, with the task that fills it: the stages before it and after it run in turns of
 * their own.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ [ring] ─▶ pull ◀─ consumer
 *                     ▲         └ drained to `low` ─ wakes ┐
 *                     └────────────────────────────────────┘
 * ```
 *
 * The pump is a {@link Feed}. Full, it rests until the ring has drained to `low`, so it is woken once per stretch and not once
 * per value. What a value weighs is known when it was pulled: one that does not
 * fit is kept in hand until it does, and nothing is pulled meanwhile.
 *
 * Invariants: ring, tickets and weights have the same length; the feed rests only while more than `low` values are held, or
 * one is in hand.
 */
export class Joint<T> implements Puller<T>, Keeper<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #options: JointOptions<T>
  readonly #ring: RingBuffer<T>
  readonly #ringTickets: RingBuffer<Ticket | undefined> | undefined
  readonly #weights: JointWeights<T> | undefined
  readonly #low: number
  readonly #feed: Feed<T>
  #inHand: { readonly value: T; readonly ticket: Ticket | undefined; readonly weight: number } | undefined

  constructor(upstream: Openable<T>, stage: Stage, options: JointOptions<T>) {
    const { capacity, weigh, maxWeight = Infinity } = options
    this.#stage = stage
    this.#options = options
    this.#ring = new RingBuffer<T>(capacity)
    this.#weights = weigh && new JointWeights(stage.name, capacity, maxWeight, weigh)
    this.#low = options.low ?? capacity - Math.ceil((3 / 4) * capacity)
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    this.#ringTickets = this.tickets ? new RingBuffer(capacity) : undefined
    stage.expose(this.#ring)
  }

  pull(into: T[], limit: number): number {
    const count = this.#ring.drain(into, limit)
    if (count === 0) return this.#feed.isOver ? DONE : this.#feed.wait()
    this.#ringTickets?.drain(this.tickets as Tickets, count)
    this.#weights?.shift(count)
    if (this.#ring.size <= this.#low && this.#weights?.isLow !== false) this.#feed.goOn()
    return count
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    const reason = outcome.status === 'failed' ? outcome.error : undefined
    // A value that has none stands between those that have.
    while (this.#ringTickets?.isEmpty === false) this.#ringTickets.shift()?.nack(reason)
    this.#inHand?.ticket?.nack(reason)
    this.#inHand = undefined
    this.#ring.clear()
  }

  room(): number | StageState {
    const { overflow = 'wait' } = this.#options
    // A policy that drops never fills up.
    if (overflow !== 'wait') return Infinity
    if (this.#weights === undefined) return this.#ring.capacity - this.#ring.size || this.#feed.rest()
    const inHand = this.#inHand
    if (inHand !== undefined) {
      if (!this.#fits(inHand.weight)) return this.#feed.rest()
      this.#inHand = undefined
      this.#push(inHand.value, inHand.ticket, inHand.weight)
      this.#feed.tell()
    }
    return this.#ring.isFull ? this.#feed.rest() : 1
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    for (let i = 0; i < count; i++) if (!this.#offer(values[i] as T, tickets?.[i])) break
    this.#feed.tell()
    // What drops values has to let the consumer have its turn by itself.
    return this.#options.overflow !== undefined && this.#options.overflow !== 'wait'
  }

  ended(): void {
    this.#feed.tell()
  }

  /** False where the value could not be weighed: it has failed the stage, and what comes after it is not wanted. */
  #offer(value: T, ticket: Ticket | undefined): boolean {
    let weight = 0
    if (this.#weights) {
      try {
        weight = this.#weights.of(value)
      } catch (error) {
        this.#feed.end()
        this.#stage.giveUp(ticket, error)
        this.#stage.fail(error, value)
        return false
      }
    }
    if (this.#fits(weight)) {
      this.#push(value, ticket, weight)
      return true
    }
    const { overflow = 'wait', full, onDrop } = this.#options
    if (overflow === 'wait') {
      this.#inHand = { value, ticket, weight }
      return true
    }
    if (overflow === 'fail') throw full?.(value)
    if (overflow === 'drop-newest') {
      this.#stage.settle(ticket, 'dropped', 'overflow')
      onDrop?.(value)
      return true
    }
    while (!this.#fits(weight)) {
      const oldest = this.#ring.shift() as T
      const dropped = this.#ringTickets?.shift()
      this.#weights?.shift(1)
      this.#stage.settle(dropped, 'dropped', 'overflow')
      onDrop?.(oldest)
    }
    this.#push(value, ticket, weight)
    return true
  }

  #fits(weight: number): boolean {
    return !this.#ring.isFull && this.#weights?.fits(weight) !== false
  }

  #push(value: T, ticket: Ticket | undefined, weight: number): void {
    this.#ring.push(value)
    this.#ringTickets?.push(ticket)
    this.#weights?.push(weight)
  }
}
