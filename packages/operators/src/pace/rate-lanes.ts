import { PriorityQueue } from '@sluice/core'
import { type CheckedRate, TokenBucket, type Ticket } from '@sluice/core/authoring'

/** A value on its way, with what it needs to go. */
export interface Paced<A> {
  readonly value: A
  readonly ticket: Ticket | undefined
  readonly key: unknown
  readonly cost: number
}

/** The values of one key, first come first served: a linked list, for most keys have none. */
interface Lane<A> {
  readonly bucket: TokenBucket
  first: Link<A> | undefined
  last: Link<A> | undefined
  /** When the first value may go; meaningful while there is one. */
  due: number
  /** Of those that may go at the same time, who came to be first in its lane first. */
  order: number
}

interface Link<A> {
  readonly entry: Paced<A>
  next: Link<A> | undefined
}

// Each new key may forget two old ones, so the number of keys shrinks while no single value has much to do.
const FORGOTTEN_PER_NEW_KEY = 2

/**
 * Values that wait for the tokens of their key. Knows nothing of who waits for them.
 *
 * ```text
 *   byKey:  a ─▶ bucket, [v v v]   b ─▶ bucket, []   c ─▶ bucket, [v]      the one used longest ago first
 *   queue:  the keys with values, by when the first of those may go         a is next: it may go before c
 * ```
 *
 * A key is forgotten when that makes no difference: no value of it waits, and its bucket is full again. Invariants:
 * `size` is the number of values in all lanes; a lane is next, or in the queue, if and only if it has values; each lane
 * with values knows when the first of them may go.
 */
export class RateLanes<A> {
  readonly #rate: CheckedRate
  readonly #maxKeys: number
  readonly #byKey = new Map<unknown, Lane<A>>()
  readonly #queue: PriorityQueue<Lane<A>>
  /** Before all in the queue. */
  #next: Lane<A> | undefined
  #order = 0
  size = 0

  constructor(rate: CheckedRate, capacity: number, maxKeys: number) {
    this.#rate = rate
    this.#maxKeys = maxKeys
    this.#queue = new PriorityQueue({ capacity, compare: (one, other) => one.due - other.due || one.order - other.order })
  }

  /** When the first of all values may go; Infinity when there is none. */
  get dueAt(): number {
    return this.#next?.due ?? Infinity
  }

  get keys(): number {
    return this.#byKey.size
  }

  /** Takes a value in; false where its key would be one too many. */
  add(entry: Paced<A>, now: number): boolean {
    const { key } = entry
    let lane = this.#byKey.get(key)
    if (lane === undefined) {
      if (!this.#makeRoom(now)) return false
      lane = { bucket: new TokenBucket(this.#rate), first: undefined, last: undefined, due: 0, order: 0 }
    } else {
      this.#byKey.delete(key)
    }
    this.#byKey.set(key, lane)
    this.size++
    const link: Link<A> = { entry, next: undefined }
    if (lane.last) lane.last.next = link
    else lane.first = link
    lane.last = link
    if (lane.first === link) this.#line(lane, now)
    return true
  }

  /** The next value, if it may go by now. */
  take(now: number): Paced<A> | undefined {
    const lane = this.#next
    const link = lane?.first
    if (lane === undefined || link === undefined || lane.bucket.waitMs(link.entry.cost, now) > 0) return undefined
    this.#next = this.#queue.tryTake()
    lane.bucket.take(link.entry.cost, now)
    lane.first = link.next
    if (lane.first) this.#line(lane, now)
    else lane.last = undefined
    this.size--
    return link.entry
  }

  /** When there is room for another key; Infinity: not before a value of the key used longest ago was taken. */
  roomAt(now: number): number {
    if (this.#byKey.size < this.#maxKeys) return now
    for (const { first, bucket } of this.#byKey.values()) return first ? Infinity : now + bucket.waitMs(bucket.burst, now)
    return now
  }

  /** None of them will be delivered. */
  giveBack(reason: unknown): void {
    for (const { first } of this.#byKey.values()) {
      for (let link = first; link; link = link.next) link.entry.ticket?.nack(reason)
    }
    this.#byKey.clear()
    this.#next = undefined
    this.size = 0
  }

  /** Forgets what can be forgotten, oldest first; answers whether there is room for a key. */
  #makeRoom(now: number): boolean {
    let most = FORGOTTEN_PER_NEW_KEY
    for (const [key, { first, bucket }] of this.#byKey) {
      if (most-- === 0 || first || !bucket.isFull(now)) break
      this.#byKey.delete(key)
    }
    return this.#byKey.size < this.#maxKeys
  }

  /** Puts a lane with a new first value among the others. */
  #line(lane: Lane<A>, now: number): void {
    lane.due = now + lane.bucket.waitMs(lane.first?.entry.cost ?? 0, now)
    lane.order = this.#order++
    if (this.#next === undefined) {
      this.#next = lane
    } else if (lane.due < this.#next.due) {
      this.#queue.tryPut(this.#next)
      this.#next = lane
    } else {
      this.#queue.tryPut(lane)
    }
  }
}
