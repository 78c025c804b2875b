import type { Within } from '../contract/context'
import { RingBuffer } from '../held/ring-buffer'

/** A value with the context in which it was published, where contexts are carried. */
export interface Published<T> {
  readonly value: T
  readonly within: Within | undefined
}

interface Slot<T> extends Published<T> {
  /** How many cursors stand exactly here. */
  readers: number
}

/**
 * The values of a topic that somebody still has to read, or that are kept for latecomers. Each has a number for life.
 *
 * ```text
 *             head                              tail = number of the next value
 *   ┌───┬───┬──▼─┬────┬────┬────┬────┬────┐     ▼
 *   │   │   │ 41 │ 42 │ 43 │ 44 │ 45 │ 46 │    47       caughtUp: cursors that stand at the tail
 *   └───┴───┴────┴────┴────┴────┴────┴────┘
 *   readers:   1    0    0    2    0    0       3        └ 45, 46 ┘ replay = 2
 *              └ slowest cursor
 * ```
 *
 * Invariants: size ≤ capacity; the value at the head is there because a cursor stands on it or because it is one of the
 * last `replay`, so nothing that was read by all is kept alive; `append` never overwrites a value with a cursor at or
 * before it (the dues see to that). Every operation is O(1), trimming is amortised.
 */
export class TopicRing<T> {
  readonly #slots: RingBuffer<Slot<T>>
  readonly #replay: number
  #head = 0
  #caughtUp = 0

  constructor(capacity: number, replay: number) {
    this.#slots = new RingBuffer(capacity)
    this.#replay = replay
  }

  /** The number the next value gets. */
  get tail(): number {
    return this.#head + this.#slots.size
  }

  get size(): number {
    return this.#slots.size
  }

  append(value: T, within?: Within): Published<T> {
    // Full, and yet it may go on: then the oldest is here for latecomers only.
    if (this.#slots.isFull) this.#dropHead()
    const slot: Slot<T> = { value, within, readers: this.#caughtUp }
    this.#slots.push(slot)
    this.#caughtUp = 0
    this.#trim()
    return slot
  }

  /** The value with this number, which has to be in the ring. */
  at(number: number): T {
    return this.publishedAt(number).value
  }

  /** The same, with its context. */
  publishedAt(number: number): Published<T> {
    return this.#slots.at(number - this.#head) as Slot<T>
  }

  /** Where a new cursor starts that wants the last `count` values, as far as they are still here. */
  startOf(count: number): number {
    return Math.max(this.#head, this.tail - count)
  }

  /** A cursor stands at `number`, from now on. */
  enter(number: number): void {
    const slot = this.#slots.at(number - this.#head)
    if (slot === undefined) this.#caughtUp++
    else slot.readers++
  }

  /** A cursor has left `number`. To move one: enter first, then leave. */
  leave(number: number): void {
    const slot = this.#slots.at(number - this.#head)
    if (slot === undefined) {
      this.#caughtUp--
      return
    }
    slot.readers--
    if (number === this.#head) this.#trim()
  }

  #trim(): void {
    while (this.#slots.size > this.#replay && this.#slots.at(0)?.readers === 0) this.#dropHead()
  }

  #dropHead(): void {
    this.#slots.shift()
    this.#head++
  }
}
