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
 * Invariants: the rings that are there have the same length; `weight` is the sum of the weights.
 */
export class FifoShelf<T> implements Shelf<T> {
  readonly admits = undefined
  readonly #values: RingBuffer<T>
  readonly #weights: RingBuffer<number> | undefined
  #tickets: RingBuffer<Ticket | undefined> | undefined
  weight = 0

  constructor(capacity: number, weighs: boolean) {
    this.#values = new RingBuffer(capacity)
    if (weighs) this.#weights = new RingBuffer(capacity)
  }

  get size(): number {
    return this.#values.size
  }

  /** False where there is no room by count. */
  push(value: T, ticket: Ticket | undefined, weight: number): boolean {
    if (ticket !== undefined && this.#tickets === undefined) this.#track()
    if (!this.#values.push(value)) return false
    this.#tickets?.push(ticket)
    if (this.#weights !== undefined) {
      this.#weights.push(weight)
      this.weight += weight
    }
    return true
  }

  /** Adds `values[from..from + count)`, for which there has to be room, with their tickets. Only where nothing is weighed. */
  pushAll(values: readonly T[], from: number, count: number, tickets: Tickets | null | undefined): void {
    if (tickets && this.#tickets === undefined) this.#track()
    this.#tickets?.pushAll(tickets ?? [], from, count)
    this.#values.pushAll(values, from, count)
  }

  drain(into: T[], tickets: Tickets | null, limit: number): number {
    const count = this.#values.drain(into, limit)
    if (tickets) {
      if (this.#tickets) this.#tickets.drain(tickets, count)
      else tickets.fill(undefined, 0, count)
    }
    if (this.#weights) this.#unweigh(this.#weights, count)
    return count
  }

  shift(): Kept<T> | undefined {
    if (this.#values.isEmpty) return undefined
    return { value: this.#values.shift() as T, ticket: this.#tickets?.shift(), weight: this.#weights ? this.#unweigh(this.#weights, 1) : 0 }
  }

  drop(): Kept<T> | undefined {
    return this.shift()
  }

  /** The oldest `count` values have gone; answers what they weighed. */
  #unweigh(weights: RingBuffer<number>, count: number): number {
    let weight = 0
    for (let i = 0; i < count; i++) weight += weights.shift() as number
    // Fractions leave their rounding behind.
    this.weight = weights.isEmpty ? 0 : this.weight - weight
    return weight
  }

  #track(): void {
    this.#tickets = new RingBuffer(this.#values.capacity)
    for (let i = this.#values.size; i > 0; i--) this.#tickets.push(undefined)
  }
}
