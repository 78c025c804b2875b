import type { Call } from '@sluice/core/authoring'
import type { Lane } from './lanes'

/** What `mapAsyncKeyed` knows of a call beside the call's own: made once for each call, as the call's `mark`. */
export class KeyedEntry<K, A, B> {
  /** The place of its item among all items that were read. */
  place = 0
  lane: Lane<K, A, B> | undefined = undefined
  /** The entry after this one in the list that this one is in. */
  next: KeyedEntry<K, A, B> | undefined = undefined

  constructor(readonly call: Call<A, B>) {}
}

/** The entry of a call. */
export function entryOf<K, A, B>(call: Call<A, B>): KeyedEntry<K, A, B> {
  const entry = call.mark as KeyedEntry<K, A, B> | undefined
  return entry ?? marked<K, A, B>(call)
}

function marked<K, A, B>(call: Call<A, B>): KeyedEntry<K, A, B> {
  const entry = new KeyedEntry<K, A, B>(call)
  call.mark = entry
  return entry
}

/** Entries of one key, first come first served; a list through the entries themselves, so that a key costs no array. */
export class EntryList<K, A, B> {
  first: KeyedEntry<K, A, B> | undefined = undefined
  size = 0
  #last: KeyedEntry<K, A, B> | undefined = undefined

  push(entry: KeyedEntry<K, A, B>): void {
    if (this.#last) this.#last.next = entry
    else this.first = entry
    this.#last = entry
    this.size++
  }

  shift(): void {
    const entry = this.first
    if (entry === undefined) return
    this.first = entry.next
    if (this.first === undefined) this.#last = undefined
    entry.next = undefined
    this.size--
  }
}
