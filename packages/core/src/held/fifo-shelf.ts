import type { Ticket, Tickets } from '../contract/ticket'
import { RingBuffer } from './ring-buffer'
import type { Kept, Shelf } from './shelf'

/**
 * First in, first out: rings side by side, so that a batch is moved in one loop.
 *
 * ```text
 *   values   [ a b c ]
 *   tickets  [ 1 – 3 ]      there from the first ticket on; an untracked run has none
 *   weights  [ 2 9 1 ]      there where values are weighed
 * ```
 *
 * Invariant: the rings that are there have the same length.
 */
export class FifoShelf<T> implements Shelf<T> {
  readonly admits = undefined
  readonly #values: RingBuffer<T>
  readonly #weights: RingBuffer<number> | undefined
  #tickets: RingBuffer<Ticket | undefined> | undefined

  constructor(capacity: number, weighs: boolean) {
    this.#values = new RingBuffer(capacity)
    if (weighs) this.#weights = new RingBuffer(capacity)
  }

  get size(): number {
    return this.#values.size
  }

  push(value: T, ticket: Ticket | undefined, weight: number): void {
    if (ticket !== undefined && this.#tickets === undefined) this.#track()
    this.#tickets?.push(ticket)
    this.#weights?.push(weight)
    this.#values.push(value)
  }

  /** Adds `values[0..count)`, for which there has to be room, with their tickets. Only where nothing is weighed. */
  pushAll(values: readonly T[], count: number, tickets: Tickets | null | undefined): void {
    if (tickets && this.#tickets === undefined) this.#track()
    this.#tickets?.pushAll(tickets ?? [], 0, count)
    this.#values.pushAll(values, 0, count)
  }

  drain(into: T[], tickets: Tickets | null, limit: number, weighed: { sum: number }): number {
    const count = this.#values.drain(into, limit)
    if (tickets) {
      if (this.#tickets) this.#tickets.drain(tickets, count)
      else tickets.fill(undefined, 0, count)
    }
    if (this.#weights) for (let i = 0; i < count; i++) weighed.sum += this.#weights.shift() ?? 0
    return count
  }

  shift(): Kept<T> | undefined {
    if (this.#values.isEmpty) return undefined
    return { value: this.#values.shift() as T, ticket: this.#tickets?.shift(), weight: this.#weights?.shift() ?? 0 }
  }

  drop(): Kept<T> | undefined {
    return this.shift()
  }

  #track(): void {
    this.#tickets = new RingBuffer(this.#values.capacity)
    for (let i = this.#values.size; i > 0; i--) this.#tickets.push(undefined)
  }
}
