import { Call } from './call'
import type { CallContext } from './call-options'
import type { Lane } from './lanes'

/** What the function of `mapAsyncKeyed` gets beside the value. */
export interface KeyedCallContext<K> extends CallContext {
  /** What the key function answered for the value. */
  readonly key: K
}

/** A call that has to wait for others of its key. */
export class KeyedCall<K, A, B> extends Call<A, B> implements KeyedCallContext<K> {
  declare key: K
  /** Its place among all values that were read. */
  place = 0
  lane: Lane<K, A, B> | undefined
  /** The one after it in the list it is in. */
  next: KeyedCall<K, A, B> | undefined

  override clear(): void {
    super.clear()
    this.lane = undefined
    this.key = undefined as K
  }
}

/** Calls of one key, first come first served; a list through the calls themselves, so that a key costs no array. */
export class CallList<K, A, B> {
  first: KeyedCall<K, A, B> | undefined
  #last: KeyedCall<K, A, B> | undefined
  size = 0

  push(call: KeyedCall<K, A, B>): void {
    if (this.#last) this.#last.next = call
    else this.first = call
    this.#last = call
    this.size++
  }

  shift(): KeyedCall<K, A, B> | undefined {
    const call = this.first
    if (call === undefined) return undefined
    this.first = call.next
    if (this.first === undefined) this.#last = undefined
    call.next = undefined
    this.size--
    return call
  }

  /** Nothing will come of any of them. */
  giveBack(reason: unknown): void {
    for (let call = this.shift(); call; call = this.shift()) call.giveBack(reason)
  }
}
