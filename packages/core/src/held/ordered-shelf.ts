import type { Ticket, Tickets } from '../contract/ticket'
import type { Kept, Shelf } from './shelf'
import type { Storage } from './storage'

/** Values in the order of a storage, by priority or in turns by key: each is kept with its ticket and its weight as one. */
export class OrderedShelf<T> implements Shelf<T> {
  readonly #storage: Storage<Kept<T>>
  readonly admits: ((value: T) => boolean) | undefined
  weight = 0

  constructor(storage: Storage<Kept<T>>) {
    this.#storage = storage
    this.admits = storage.admits && ((value) => storage.admits?.({ value, ticket: undefined, weight: 0 }) ?? true)
  }

  get size(): number {
    return this.#storage.size
  }

  push(value: T, ticket: Ticket | undefined, weight: number): void {
    // First what may throw: a value that a function of the user's refuses weighs nothing.
    this.#storage.push({ value, ticket, weight })
    this.weight += weight
  }

  drain(into: T[], tickets: Tickets | null, limit: number): number {
    let count = 0
    while (count < limit && this.#storage.size > 0) {
      try {
        const kept = this.shift() as Kept<T>
        into[count] = kept.value
        if (tickets) tickets[count] = kept.ticket
      } catch (error) {
        // An order that throws throws again: what was moved before that is answered first.
        if (count === 0) throw error
        break
      }
      count++
    }
    return count
  }

  shift(): Kept<T> | undefined {
    return this.#taken(this.#storage.shift())
  }

  drop(value: T): Kept<T> | undefined {
    return this.#taken(this.#storage.drop({ value, ticket: undefined, weight: 0 }))
  }

  #taken(kept: Kept<T> | undefined): Kept<T> | undefined {
    // Fractions leave their rounding behind.
    if (kept) this.weight = this.#storage.size === 0 ? 0 : this.weight - kept.weight
    return kept
  }
}
