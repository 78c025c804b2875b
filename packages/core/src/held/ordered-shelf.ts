import type { Ticket, Tickets } from '../contract/ticket'
import { unmark, type LiveMark } from './live-marks'
import type { Kept, Ranked, Shelf } from './shelf'
import type { Storage } from './storage'

/** Values in the order of a storage, by priority or in turns by key: each is kept with its ticket, its weight and its rank as one. */
export class OrderedShelf<T> implements Shelf<T> {
  readonly #storage: Storage<Ranked<T>>
  readonly admits: ((rank: unknown) => boolean) | undefined
  weight = 0
  /** The value that was pushed last, until one leaves. */
  #last: Ranked<T> | undefined

  constructor(storage: Storage<Ranked<T>>) {
    this.#storage = storage
    this.admits = storage.admits && ((rank) => storage.admits?.(asking<T>(rank)) ?? true)
  }

  get size(): number {
    return this.#storage.size
  }

  push(value: T, ticket: Ticket | undefined, weight: number, rank: unknown): void {
    // First what may throw: a value that a function of the user's refuses weighs nothing.
    const kept: Ranked<T> = { value, ticket, weight, rank, mark: undefined }
    this.#storage.push(kept)
    this.#last = kept
    this.weight += weight
  }

  mark(mark: LiveMark): void {
    if (this.#last) this.#last.mark = mark
  }

  drain(into: T[], tickets: Tickets | null, limit: number): number {
    let count = 0
    while (count < limit && this.#storage.size > 0) {
      try {
        const kept = this.shift()
        // What a storage holds may have to wait for its time.
        if (kept === undefined) break
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

  drop(rank: unknown): Kept<T> | undefined {
    return this.#taken(this.#storage.drop(asking<T>(rank)))
  }

  #taken(kept: Ranked<T> | undefined): Kept<T> | undefined {
    this.#last = undefined
    if (kept?.mark) unmark(kept.mark)
    // Fractions leave their rounding behind.
    if (kept) this.weight = this.#storage.size === 0 ? 0 : this.weight - kept.weight
    return kept
  }
}

/** What a storage is asked about before a value enters: it looks at the rank alone. */
function asking<T>(rank: unknown): Ranked<T> {
  return { value: undefined as T, ticket: undefined, weight: 0, rank, mark: undefined }
}
