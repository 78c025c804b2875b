import { DONE } from '../contract/answers'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Puller } from '../contract/puller'
import type { Openable } from '../contract/source'
import type { Stage, StageState } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import type { Held } from '../held/held'
import { Feed, type Keeper } from './feed'

/**
 * A bounded queue between two stages, with the task that fills it: the stages before it and after it run in turns of
 * their own. The queue is whatever {@link Held} it is given: first in, first out, by priority, or in turns by key.
 *
 * ```text
 *   upstream ◀─pull─ feed ─▶ [held] ─▶ pull ◀─ consumer
 *                     ▲         └ low again ─ goOn ┐
 *                     └────────────────────────────┘
 * ```
 *
 * Full, it rests until what is held is low, so it is woken once per stretch and not once per value. What a value weighs, and
 * whether its key may have one more, is known when the value was pulled: one that does not fit is kept in hand until it does, and
 * nothing is pulled meanwhile.
 *
 * Invariant: the feed rests only while what is held is not low, or a value is in hand.
 *
 * @example
 * ```ts
 * asyncOperator('prefetch', (upstream, stage) => new Joint(upstream, stage, new Held({ capacity: 100 })))
 * ```
 */
export class Joint<T> implements Puller<T>, Keeper<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #held: Held<T>
  readonly #feed: Feed<T>
  #inHand: { readonly value: T; readonly ticket: Ticket | undefined; readonly weight: number } | undefined

  constructor(upstream: Openable<T>, stage: Stage, held: Held<T>) {
    this.#stage = stage
    this.#held = held
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    stage.expose(held)
  }

  pull(into: T[], limit: number): number {
    const count = this.#held.drainInto(into, this.tickets, limit)
    if (count === 0) return this.#feed.isOver ? DONE : this.#feed.wait()
    if (this.#held.isLow) this.#feed.goOn()
    return count
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    const reason = reasonOf(outcome)
    this.#held.giveBack(reason)
    this.#inHand?.ticket?.nack(reason)
    this.#inHand = undefined
  }

  room(): number | StageState {
    if (this.#held.drops) return Infinity
    const inHand = this.#inHand
    if (inHand !== undefined) {
      this.#inHand = undefined
      if (!this.#offer(inHand.value, inHand.ticket, inHand.weight)) return this.#feed.rest()
      this.#feed.tell()
      if (this.#feed.ended) return 'idle'
    }
    return this.#held.room || this.#feed.rest()
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    const held = this.#held
    if (held.plain) held.pushAll(values, 0, count, tickets)
    else for (let i = 0; i < count && !this.#feed.ended; i++) this.#offer(values[i] as T, tickets?.[i])
    this.#feed.tell()
    // What drops values has to let the consumer have its turn by itself.
    return held.drops
  }

  ended(): void {
    this.#feed.tell()
  }

  /** False: it is in hand. Where a function of the user's throws, the stage fails, and what comes after the value is not wanted. */
  #offer(value: T, ticket: Ticket | undefined, known?: number): boolean {
    const held = this.#held
    try {
      const weight = known ?? held.weigh(value)
      if (held.push(value, ticket, weight) === 'full') {
        this.#inHand = { value, ticket, weight }
        return false
      }
    } catch (error) {
      this.#stage.giveUp(ticket, error)
      this.#fail(error, value)
    }
    const complaint = held.takeComplaint()
    if (complaint) this.#fail(complaint.error, complaint.value)
    return true
  }

  #fail(error: unknown, value: T): void {
    this.#feed.end()
    this.#stage.fail(error, value)
  }
}
