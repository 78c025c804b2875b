import { HeapStorage, TokenBucket, type CheckedRate, type Ranked, type Storage } from '@sluice/core/authoring'

/** What a value needs to go: so many tokens of its key. */
export interface Claim {
  readonly key: unknown
  readonly cost: number
}

const claimOf = ({ rank }: Ranked<unknown>): Claim => rank as Claim

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
  readonly entry: Ranked<A>
  next: Link<A> | undefined
}

// Each new key may forget two old ones, so the number of keys shrinks while no single value has much to do.
const FORGOTTEN_PER_NEW_KEY = 2

/**
 * Values that wait for the tokens of their key: the storage of a {@link RateLimited}. Knows no capacity and nothing of who waits.
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
export class RateLanes<A> implements Storage<Ranked<A>> {
  #rate: CheckedRate
  readonly #maxKeys: number
  readonly #byKey = new Map<unknown, Lane<A>>()
  readonly #queue = new HeapStorage<Lane<A>>((one, other) => one.due - other.due || one.order - other.order)
  /** Before all in the queue. */
  #next: Lane<A> | undefined
  #order = 0
  size = 0
  /** The time that counts: whoever asks sets it before. */
  now = 0
  /** The rates count no longer: everything may go. */
  isOpen = false

  constructor(rate: CheckedRate, maxKeys: number) {
    this.#rate = rate
    this.#maxKeys = maxKeys
  }

  get rate(): CheckedRate {
    return this.#rate
  }

  /** Another rate for each key from `now` on, O(keys): tokens that are there stay there, up to the new burst. */
  setRate(rate: CheckedRate): void {
    this.#rate = rate
    const lanes: Lane<A>[] = []
    for (let lane = this.#next; lane !== undefined; lane = this.#queue.shift()) lanes.push(lane)
    this.#next = undefined
    for (const { bucket } of this.#byKey.values()) bucket.setRate(rate, this.now)
    for (const lane of lanes) this.#line(lane)
  }

  /** When the first of all values may go; Infinity when there is none. */
  get dueAt(): number {
    return this.#next?.due ?? Infinity
  }

  get keys(): number {
    return this.#byKey.size
  }

  /** Whether the key of a value is known, or there is room for one more. */
  admits(entry: Ranked<A>): boolean {
    return this.#byKey.has(claimOf(entry).key) || this.#makeRoom()
  }

  push(entry: Ranked<A>): void {
    const { key } = claimOf(entry)
    const known = this.#byKey.get(key)
    const lane = known ?? { bucket: new TokenBucket(this.#rate), first: undefined, last: undefined, due: 0, order: 0 }
    // The key used last stands last.
    if (known) this.#byKey.delete(key)
    this.#byKey.set(key, lane)
    this.size++
    const link: Link<A> = { entry, next: undefined }
    if (lane.last) lane.last.next = link
    else lane.first = link
    lane.last = link
    if (lane.first === link) this.#line(lane)
  }

  /** The next value, if it may go by now. */
  shift(): Ranked<A> | undefined {
    const lane = this.#next
    const link = lane?.first
    if (lane === undefined || link === undefined) return undefined
    const { cost } = claimOf(link.entry)
    if (!this.isOpen && lane.bucket.waitMs(cost, this.now) > 0) return undefined
    this.#next = this.#queue.shift()
    lane.bucket.take(cost, this.now)
    lane.first = link.next
    if (lane.first) this.#line(lane)
    else lane.last = undefined
    this.size--
    return link.entry
  }

  /** No value is dropped to make room for another one: the consumer is only late. */
  drop(): undefined {
    return undefined
  }

  /** When there is room for another key; Infinity: not before a value of the key used longest ago was taken. */
  get roomAt(): number {
    const { now } = this
    if (this.#byKey.size < this.#maxKeys) return now
    for (const { first, bucket } of this.#byKey.values()) return first ? Infinity : now + bucket.waitMs(bucket.burst, now)
    return now
  }

  /** Forgets what can be forgotten, oldest first; answers whether there is room for a key. */
  #makeRoom(): boolean {
    let most = FORGOTTEN_PER_NEW_KEY
    for (const [key, { first, bucket }] of this.#byKey) {
      if (most-- === 0 || first || !bucket.isFull(this.now)) break
      this.#byKey.delete(key)
    }
    return this.#byKey.size < this.#maxKeys
  }

  /** Puts a lane with a new first value among the others. */
  #line(lane: Lane<A>): void {
    lane.due = this.now + lane.bucket.waitMs(lane.first ? claimOf(lane.first.entry).cost : 0, this.now)
    lane.order = this.#order++
    if (this.#next === undefined) {
      this.#next = lane
    } else if (lane.due < this.#next.due) {
      this.#queue.push(this.#next)
      this.#next = lane
    } else {
      this.#queue.push(lane)
    }
  }
}
