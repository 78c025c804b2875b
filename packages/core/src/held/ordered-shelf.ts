import type { Ticket, Tickets } from '../contract/ticket'
import type { Kept, Shelf } from './shelf'
import type { Storage } from './storage'

/** Values in the order of a storage, by priority or in turns by key: each is kept with its ticket and its weight as one. */
export class OrderedShelf<T> implements Shelf<T> {
  readonly #storage: Storage<Kept<T>>
  readonly admits: ((value: T) => boolean) | undefined

  constructor(storage: Storage<Kept<T>>) {
    this.#storage = storage
    this.admits = storage.admits && ((value) => storage.admits?.({ value, ticket: undefined, weight: 0 }) ?? true)
  }

  get size(): number {
    return this.#storage.size
  }

  push(value: T, ticket: Ticket | undefined, weight: number): void {
    this.#storage.push({ value, ticket, weight })
  }

  drain(into: T[], tickets: Tickets | null, limit: number, weighed: { sum: number }): number {
    let count = 0
    while (count < limit) {
      const kept = this.#next(count)
      if (kept === undefined) break
      into[count] = kept.value
      if (tickets) tickets[count] = kept.ticket
      weighed.sum += kept.weight
      count++
    }
    return count
  }

  shift(): Kept<T> | undefined {
    return this.#storage.shift()
  }

  drop(value: T): Kept<T> | undefined {
    return this.#storage.drop({ value, ticket: undefined, weight: 0 })
  }

  /** An order that throws throws again: what was moved before it is answered first. */
  #next(moved: number): Kept<T> | undefined {
    try {
      return this.#storage.shift()
    } catch (error) {
      if (moved === 0) throw error
      return undefined
    }
  }
}
