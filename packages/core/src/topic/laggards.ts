import type { SubscriptionReader } from './reader'
import { TopicDues } from './dues'
import type { Published, TopicRing } from './topic-ring'

/** What making room for a value has cost: values that subscribers lost, and subscribers that were disconnected. */
export interface Losses<T> {
  readonly lost: { readonly reader: SubscriptionReader<T>; readonly value: T }[]
  readonly disconnected: SubscriptionReader<T>[]
}

/**
 * Which subscribers lag, and what that means for the next value: state only, nobody is called from here.
 *
 * ```text
 *   holders    wait, disconnect with a grace period     at their bound, the next value may not enter
 *   yielders   drop-oldest, drop-newest, disconnect     at their bound, room is made for it
 *   detached   drop-newest that has lost values         each new value is offered to it until it has caught up
 * ```
 *
 * Invariant: every subscriber is in exactly one of the three, from `file` to `strike`.
 */
export class TopicLaggards<T> {
  readonly #ring: TopicRing<T>
  readonly #holders = new TopicDues<SubscriptionReader<T>>()
  readonly #yielders = new TopicDues<SubscriptionReader<T>>()
  readonly #detached = new Set<SubscriptionReader<T>>()
  /** The number of the value for which grace periods were started; -1 when a subscriber may have been missed. */
  #heldAt = -1

  constructor(ring: TopicRing<T>) {
    this.#ring = ring
  }

  /** Files an attached subscriber for the first value that would be one too many for it, as things are. */
  file(reader: SubscriptionReader<T>): void {
    this.#detached.delete(reader)
    this.#bookOf(reader).file(reader, reader.cursor.dueAt)
  }

  /** Files a new subscriber, which may hold a publisher that waits already. */
  add(reader: SubscriptionReader<T>): void {
    this.file(reader)
    this.#heldAt = -1
  }

  strike(reader: SubscriptionReader<T>): void {
    this.#detached.delete(reader)
    this.#bookOf(reader).strike(reader)
  }

  /** True while the next value may not enter. */
  isHeld(): boolean {
    const tail = this.#ring.tail
    for (const reader of this.#holders.on(tail)) {
      if (reader.cursor.dueAt <= tail) return true
      this.file(reader)
    }
    return false
  }

  /** A publisher was refused: from now on those who hold it use up their grace periods. Once per value. */
  startGrace(): void {
    const tail = this.#ring.tail
    if (this.#heldAt === tail) return
    this.#heldAt = tail
    for (const reader of this.#holders.on(tail)) {
      if (reader.cursor.dueAt <= tail) reader.grace.start()
    }
  }

  /** Makes the yielders yield, so that one value may enter. Only when it is not held. */
  makeRoom(losses: Losses<T>): void {
    const tail = this.#ring.tail
    for (const reader of this.#yielders.on(tail)) {
      if (reader.cursor.dueAt > tail) this.file(reader)
      else this.#yield(reader, losses)
    }
  }

  /** Offers a new value to those who cannot read it in the shared ring. */
  offer(published: Published<T>, losses: Losses<T>): void {
    for (const reader of this.#detached) {
      if (!reader.cursor.keep(published)) losses.lost.push({ reader, value: published.value })
    }
  }

  /** Those who may be at their bound: all who are, and some who have read since they were filed. */
  *suspects(): Generator<SubscriptionReader<T>> {
    const tail = this.#ring.tail
    yield* this.#holders.on(tail)
    yield* this.#yielders.on(tail)
    yield* this.#detached
  }

  #yield(reader: SubscriptionReader<T>, losses: Losses<T>): void {
    switch (reader.plan.policy) {
      case 'drop-oldest':
        losses.lost.push({ reader, value: reader.lose() })
        this.file(reader)
        return
      case 'drop-newest':
        this.#yielders.strike(reader)
        reader.cursor.detach()
        this.#detached.add(reader)
        return
      default:
        reader.disconnect(losses)
    }
  }

  #bookOf(reader: SubscriptionReader<T>): TopicDues<SubscriptionReader<T>> {
    return reader.holds ? this.#holders : this.#yielders
  }
}
