import { RingBuffer } from '@sluice/core/authoring'
import { EntryList, type KeyedEntry } from './keyed-entry'

/**
 * The calls of one key.
 *
 * Invariants: `waiting` and `started` are in the order the values were read, and all of `started` came before all of
 * `waiting`; `isReady` is true exactly while the lane stands in the line of lanes that may start a call.
 */
export class Lane<K, A, B> {
  /** Not started yet. */
  readonly waiting = new EntryList<K, A, B>()
  /** Started and not handed on, where results of a key have to be put in order. */
  readonly started = new EntryList<K, A, B>()
  running = 0
  isReady = false

  constructor(readonly key: K) {}
}

/**
 * The lanes of all keys that have calls, and whose turn it is.
 *
 * ```text
 *   lane of a: waiting ─┐
 *   lane of b: waiting ─┼▶ [ready: those that may start a call] ─▶ next
 *   lane of c: waiting ─┘
 * ```
 *
 * Everything is O(1) per call: a lane is in line exactly while it may start a call, so nobody searches.
 *
 * Invariants: calls of a key running ≤ perKey; a key without calls that wait or run has no lane; `idle` counts the lanes
 * in which calls wait and none runs.
 */
export class Lanes<K, A, B> {
  /** Keys that have a call to start and none that runs. */
  idle = 0
  readonly #perKey: number
  readonly #byKey = new Map<K, Lane<K, A, B>>()
  readonly #ready: RingBuffer<Lane<K, A, B>>

  /** @param capacity the most calls there may be, running ones included. */
  constructor(perKey: number, capacity: number) {
    this.#perKey = perKey
    this.#ready = new RingBuffer(capacity)
  }

  /** The lane of a key; a new one where there is none. */
  of(key: K): Lane<K, A, B> {
    let lane = this.#byKey.get(key)
    if (lane === undefined) {
      lane = new Lane<K, A, B>(key)
      this.#byKey.set(key, lane)
    }
    return lane
  }

  /** Whether one more call would have to wait while `maxWaiting` do already. */
  isFull({ waiting, running }: Lane<K, A, B>, maxWaiting: number): boolean {
    return waiting.size >= maxWaiting && running >= this.#perKey
  }

  /** A call waits in a lane. */
  enter(lane: Lane<K, A, B>, entry: KeyedEntry<K, A, B>): void {
    entry.call.key = lane.key
    entry.lane = lane
    if (lane.running === 0 && lane.waiting.size === 0) this.idle++
    lane.waiting.push(entry)
    this.#lineUp(lane)
  }

  /** The lane whose turn it is. */
  next(): Lane<K, A, B> | undefined {
    const lane = this.#ready.shift()
    if (lane) lane.isReady = false
    return lane
  }

  /** Takes the call from a lane that is started now; the lane goes behind the others. */
  start(lane: Lane<K, A, B>): void {
    lane.waiting.shift()
    if (lane.running++ === 0) this.idle--
    this.#lineUp(lane)
  }

  /** A call of a lane has settled. */
  settled(lane: Lane<K, A, B>): void {
    if (--lane.running === 0 && lane.waiting.size > 0) this.idle++
    this.#lineUp(lane)
    if (lane.running === 0 && lane.waiting.first === undefined) this.#byKey.delete(lane.key)
  }

  /** The key with most calls that wait, and how many wait altogether; undefined where none does. O(keys). */
  get hottest(): { readonly key: K; readonly waiting: number; readonly all: number } | undefined {
    let all = 0
    let hottest: Lane<K, A, B> | undefined
    for (const lane of this.#byKey.values()) {
      all += lane.waiting.size
      if (lane.waiting.size > (hottest?.waiting.size ?? 0)) hottest = lane
    }
    return hottest && { key: hottest.key, waiting: hottest.waiting.size, all }
  }

  #lineUp(lane: Lane<K, A, B>): void {
    if (lane.isReady || lane.waiting.first === undefined || lane.running >= this.#perKey) return
    lane.isReady = true
    this.#ready.push(lane)
  }
}
