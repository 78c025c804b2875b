import { DONE } from '../contract/answers'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Puller } from '../contract/puller'
import type { Openable } from '../contract/source'
import type { Stage, StageState } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import type { Held, Pushed } from '../held/held'
import { Feed, type Keeper } from './feed'
import { Trial } from './trial'
import { Trials } from './trials'

/** The value that was read last and is not held: no room for it, or its supervisor decides. */
class InHand<T> extends Trial<T> {
  isThere = false
  /** Absent until the user's functions have answered. */
  weight: number | undefined
  rank: unknown
}

/**
 * A bounded queue between two stages, with the task that fills it: the stages before it and after it run in turns of
 * their own. The queue is whatever {@link Held} it is given: first in, first out, by priority, or in turns by key.
 *
 * ```text
 *   upstream ◀─pull─ feed ─▶ in hand ─▶ [held] ─▶ pull ◀─ consumer
 *                     ▲         └ trial    └ low again ─ goOn ┐
 *                     └───────────────────────────────────────┘
 * ```
 *
 * Full, it rests until what is held is low, so it is woken once per stretch and not once per value. What a value weighs, and
 * whether its key may have one more, is known when the value was pulled: one that does not fit is kept in hand until it does, and
 * nothing is pulled meanwhile. A value on which a function of the user's fails is in hand while its supervisor decides.
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
  protected readonly stage: Stage
  protected readonly held: Held<T>
  protected readonly feed: Feed<T>
  readonly #onError: OnError<T> | undefined
  /** More than one value at a time is read only where none of them can be put on trial while others wait behind it. */
  readonly #oneByOne: boolean
  readonly #inHand = new InHand<T>()
  /** Made with the first failure: most runs have none. */
  #trials: Trials<T, InHand<T>> | undefined

  /** @param onError what becomes of a value on which a function of `held` fails. Default: the stage fails. */
  constructor(upstream: Openable<T>, stage: Stage, held: Held<T>, onError?: OnError<T>) {
    this.stage = stage
    this.held = held
    this.#onError = onError
    this.#oneByOne = held.asks && onError !== undefined
    this.feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.feed.tickets
    stage.expose(held)
  }

  pull(into: T[], limit: number): number {
    const count = this.held.drainInto(into, this.tickets, limit)
    if (count === 0) return this.feed.isOver && this.held.isEmpty ? DONE : this.feed.wait()
    if (this.held.isLow) this.feed.goOn()
    return count
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    const reason = reasonOf(outcome)
    this.held.giveBack(reason)
    this.#inHand.giveBack(reason)
    this.#inHand.isThere = false
    this.#trials?.close()
  }

  room(): number | StageState {
    const inHand = this.#inHand
    if (inHand.isThere) {
      if (!this.#offerAgain()) return inHand.verdict === 'open' ? this.feed.rest() : 'busy'
      this.came()
      if (this.feed.ended) return 'idle'
    }
    const room = this.held.drops ? Infinity : this.held.room
    return (this.#oneByOne ? Math.min(1, room) : room) || this.feed.rest()
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    const held = this.held
    if (held.plain) held.pushAll(values, 0, count, tickets)
    else for (let i = 0; i < count && !this.feed.ended; i++) this.#offer(values[i] as T, tickets?.[i])
    this.came()
    // What drops values has to let the consumer have its turn by itself.
    return held.drops
  }

  ended(): void {
    this.feed.tell()
  }

  /** A value stands before what is held, and has to wait. */
  protected get hasInHand(): boolean {
    return this.#inHand.isThere
  }

  /** Values were taken in. A subclass that hands on values in their time wakes the consumer then. */
  protected came(): void {
    this.feed.tell()
  }

  /** Takes in a value that was read, or keeps it in hand. */
  #offer(value: T, ticket: Ticket | undefined): void {
    const held = this.held
    let weight: number | undefined
    let rank: unknown
    try {
      rank = held.rank(value)
      weight = held.weigh(value)
      if (this.#pushed(held.push(value, ticket, weight, rank), value, ticket)) return
    } catch (error) {
      this.#keep(value, ticket)
      this.#failed(error)
      return
    }
    this.#keep(value, ticket)
    this.#inHand.weight = weight
    this.#inHand.rank = rank
  }

  #keep(value: T, ticket: Ticket | undefined): void {
    this.#inHand.begin(value, ticket)
    this.#inHand.isThere = true
  }

  /** Looks again at the value in hand; true where it is dealt with. */
  #offerAgain(): boolean {
    const inHand = this.#inHand
    const held = this.held
    if (inHand.verdict === 'again') inHand.tryAgain()
    if (inHand.verdict !== 'open') return this.#decided()
    const value = inHand.item as T
    try {
      if (inHand.weight === undefined) {
        inHand.rank = held.rank(value)
        inHand.weight = held.weigh(value)
      }
      if (!this.#pushed(held.push(value, inHand.ticket, inHand.weight, inHand.rank), value, inHand.ticket)) return false
    } catch (error) {
      return this.#failed(error)
    }
    this.#letGo()
    return true
  }

  /** A function of the user's has failed on the value in hand; answers as `#decided`. */
  #failed(error: unknown): boolean {
    this.#trials ??= new Trials<T, InHand<T>>(this.stage, this.#onError, this.feed.wake)
    this.#trials.failed(this.#inHand, error)
    return this.#decided()
  }

  /** False where the supervisor of the value in hand has still to decide, or the next try has not begun. */
  #decided(): boolean {
    const { verdict, error, item, attempt } = this.#inHand
    if (verdict === 'deciding' || verdict === 'again') return false
    this.#letGo()
    if (verdict === 'failed') this.#fail(error, item as T, attempt)
    return true
  }

  #letGo(): void {
    this.#inHand.isThere = false
    this.#inHand.clear()
    this.#inHand.weight = this.#inHand.rank = undefined
  }

  /** False where there was no room. */
  #pushed(pushed: Pushed, value: T, ticket: Ticket | undefined): boolean {
    if (pushed === 'full') return false
    if (pushed === 'refused') {
      const error = this.held.fullError()
      this.stage.giveUp(ticket, error)
      this.#fail(error, value)
    }
    const complaint = this.held.takeComplaint()
    if (complaint) this.#fail(complaint.error, complaint.value)
    return true
  }

  /** The stage fails, and what comes after the value is not wanted. */
  #fail(error: unknown, value: T, attempt?: number): void {
    this.feed.end()
    this.stage.fail(error, value, attempt)
  }
}
