import { RingBuffer } from './ring-buffer'
import type { Storage } from './storage'

interface Lane<T> {
  readonly key: unknown
  readonly ring: RingBuffer<T>
}

/**
 * A ring per key, and a ring of the keys that have values: each key in turn gives one.
 *
 * ```text
 *   turns  [ A B C ]        a1, b1, c1, a2, c2, a3 come out in this order
 *   A [ a1 a2 a3 ]   B [ b1 ]   C [ c1 c2 ]
 * ```
 *
 * O(1) per value. Invariants: a key is in `#lanes` and once in `#turns` exactly while it has values (or has just given
 * up its last one for the value that comes now), so keys that come and go leave nothing behind; `size` is the sum of the
 * rings' sizes.
 */
export class KeyedStorage<T, K> implements Storage<T> {
  readonly #lanes = new Map<K, Lane<T>>()
  readonly #turns: RingBuffer<Lane<T>>
  readonly #keyOf: (value: T) => K
  readonly #perKey: number
  size = 0

  constructor(capacity: number, perKey: number, keyOf: (value: T) => K) {
    this.#turns = new RingBuffer(Math.max(1, capacity))
    this.#perKey = perKey
    this.#keyOf = keyOf
  }

  get keys(): number {
    return this.#lanes.size
  }

  admits(value: T): boolean {
    const lane = this.#lanes.get(this.#keyOf(value))
    return lane === undefined || !lane.ring.isFull
  }

  push(value: T): void {
    const key = this.#keyOf(value)
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = { key, ring: new RingBuffer<T>(this.#perKey) }
      this.#lanes.set(key, lane)
      this.#turns.push(lane)
    }
    lane.ring.push(value)
    this.size++
  }

  shift(): T | undefined {
    const lane = this.#nextLane()
    if (lane === undefined) return undefined
    const value = lane.ring.shift()
    this.size--
    if (lane.ring.isEmpty) this.#lanes.delete(lane.key as K)
    else this.#turns.push(lane)
    return value
  }

  /** Of a key that is full its own oldest value, for no other makes room for one more; else the one whose turn is next. */
  drop(value: T): T | undefined {
    const lane = this.#lanes.get(this.#keyOf(value))
    if (lane?.ring.isFull !== true) return this.shift()
    this.size--
    // Left empty it keeps its turn: a key that is written faster than it is read would never get one.
    return lane.ring.shift()
  }

  #nextLane(): Lane<T> | undefined {
    let lane = this.#turns.shift()
    while (lane?.ring.isEmpty === true) {
      this.#lanes.delete(lane.key as K)
      lane = this.#turns.shift()
    }
    return lane
  }
}
