import type { Outlet, Wake } from '../contract/outlet'
import type { Scope } from '../contract/scope'
import { QueueClosedError, QueueFullError } from '../errors'
import { wholeNumber } from '../options'
import { checkQueueOptions, type BoundedQueueOptions, type CheckedQueueOptions, type DropReason } from './bounded-queue-options'
import { QueueIterator } from './queue-iterator'
import { QueueOutlet } from './queue-outlet'
import { FifoStorage, type Storage } from './storage'
import { parkWaiting, refused, type Waiting, type WaitOptions } from './waiting'
import { Waiters } from './waiters'

interface Put<T> extends Waiting {
  readonly value: T
  readonly weight: number
  readonly resolve: () => void
}

/** `need` values at least are wanted; `serve` is called when they are there, or when no more will come. */
interface Take extends Waiting {
  readonly need: number
  readonly serve: () => void
}

/** A value with its weight, in queues that weigh. */
interface Weighed<T> {
  readonly value: T
  readonly weight: number
}

const ACCEPTED = Promise.resolve()

/**
 * A queue between producers and consumers, bounded by count and by weight, for any number of both.
 *
 * ```text
 *   put ─▶ [waiting puts] ─ room ─▶ [ values ] ─▶ [waiting takes] ─▶ take
 *                                    ≤ capacity, ≤ maxWeight
 * ```
 *
 * Values come out in the order they were put; puts and takes that wait are served first come, first served. Every
 * operation is O(1), `takeUpTo` and `drainInto` O(values taken).
 *
 * Invariants: a put waits only while the queue is full, a take only while too little is there, so never both, but for
 * takes with a `min`. State is changed first; promises and callbacks come after it, so that they may call back.
 *
 * - `close()`: nothing more is accepted; what is inside, waiting puts included, still comes out
 * - `fail(error)`: the same, and after the last value takers are rejected with the error
 *
 * @example
 * ```ts
 * const queue = new BoundedQueue<string>({ capacity: 100 })
 * await queue.put('a')                 // waits while it is full
 * if (!queue.tryPut('b')) later('b')   // never waits
 * for await (const value of queue) use(value) // any number of consumers; each value goes to one
 * ```
 */
export class BoundedQueue<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #options: CheckedQueueOptions<T>
  readonly #storage: Storage<T | Weighed<T>>
  readonly #puts = new Waiters<Put<T>>()
  readonly #takes = new Waiters<Take>()
  /** Pipelines to be woken once when something is there; they hold no value, so one that ends loses none. */
  readonly #readers = new Set<Wake>()
  #weight = 0
  #dropped = 0
  #isHigh = false
  #isClosed = false
  #failure: { readonly error: unknown } | undefined
  #closed: { promise: Promise<void>; settle: () => void } | undefined

  /** @throws OptionError where an option is wrong. */
  constructor(options: BoundedQueueOptions<T>, storage?: Storage<T>, owner = 'BoundedQueue') {
    this.#options = checkQueueOptions(owner, options)
    this.#storage = (storage as Storage<T | Weighed<T>> | undefined) ?? new FifoStorage(this.#options.capacity)
  }

  get capacity(): number { return this.#options.capacity }
  get size(): number { return this.#storage.size }
  /** The weight of what is inside; 0 without `weigh`. */
  get weight(): number { return this.#weight }
  get isEmpty(): boolean { return this.#storage.size === 0 }
  get isFull(): boolean { return this.#storage.size >= this.#options.capacity || this.#weight >= this.#options.maxWeight }
  /** True from `close` or `fail` on, while what is inside still comes out. */
  get isClosed(): boolean { return this.#isClosed }
  /** Values dropped so far. */
  get dropped(): number { return this.#dropped }
  get waitingPuts(): number { return this.#puts.size }
  get waitingTakes(): number { return this.#takes.size }

  /** Resolves when the queue is closed and empty; rejects with the error of `fail` then. */
  get closed(): Promise<void> {
    if (this.#closed === undefined) {
      let settle = (): void => {}
      const promise = new Promise<void>((resolve, reject) => {
        settle = () => { if (this.#failure) reject(this.#failure.error); else resolve() }
      })
      this.#closed = { promise, settle }
      if (this.#isDry()) settle()
    }
    return this.#closed.promise
  }

  /**
   * Puts a value, and resolves when it was accepted: at once where there is room, else when there is.
   *
   * Rejects with QueueClosedError, with QueueFullError (policy `fail`, or too many puts wait), with the signal's reason
   * or a TimeoutError; the value is then not in the queue. A value that a policy drops counts as accepted.
   */
  put(value: T, options?: WaitOptions): Promise<void> {
    // The way a value takes in most programs: unweighed, with room, nobody waiting.
    const { capacity, weigh, high } = this.#options
    if (weigh === undefined && !this.#isClosed && this.#takes.isEmpty && this.#readers.size === 0 &&
      this.#storage.size + 1 < high && this.#storage.size < capacity && this.#puts.isEmpty &&
      this.#storage.admits === undefined && options === undefined) {
      this.#storage.push(value)
      return ACCEPTED
    }
    return this.#put(value, options)
  }

  /** Puts a value if that needs no waiting. False: it was not accepted, and is still yours. */
  tryPut(value: T): boolean {
    if (this.#isClosed) return false
    const weight = this.#weigh(value)
    if (this.#puts.isEmpty && this.#hasRoom(value, weight)) {
      this.#admit(value, weight)
      this.#flow()
      return true
    }
    return this.#overflow(value, weight) === true
  }

  /**
   * Takes the next value, waiting for one if need be.
   *
   * Rejects with QueueClosedError when the queue is closed and empty, with the error of `fail`, with the signal's
   * reason or a TimeoutError; no value is lost then.
   */
  take(options?: WaitOptions): Promise<T> {
    if (options === undefined || refused(this.#options.name, options) === undefined) {
      if (this.#available > 0 && this.#takes.isEmpty) return Promise.resolve(this.#next())
      if (this.#isDry()) return Promise.reject(this.#ended())
      return new Promise<T>((resolve, reject) => {
        const serve = (): void => { if (this.#available > 0) resolve(this.#next()); else reject(this.#ended()) }
        this.#park({ need: 1, serve, reject }, options)
      })
    }
    return Promise.reject(options.signal?.reason)
  }

  /** Takes the next value if there is one; undefined otherwise. */
  tryTake(): T | undefined {
    return this.#available > 0 && this.#takes.isEmpty ? this.#next() : undefined
  }

  /**
   * Takes up to `count` values, waiting until at least `min` (default 1) are there.
   *
   * Resolves with fewer only when the queue has been closed, with none when nothing is left. Rejects as `take` does,
   * but not because the queue was closed.
   */
  takeUpTo(count: number, options: WaitOptions & { readonly min?: number | undefined } = {}): Promise<T[]> {
    const { name, capacity } = this.#options
    wholeNumber(name, 'count', count)
    const need = wholeNumber(name, 'min', options.min ?? 1, 1, Math.min(count, Math.max(1, capacity)))
    const refusal = refused(name, options)
    if (refusal) return Promise.reject(refusal.reason)
    return new Promise<T[]>((resolve, reject) => {
      const serve = (): void => {
        const values: T[] = []
        while (values.length < count && this.#available > 0) values.push(this.#next())
        if (values.length === 0 && this.#failure) reject(this.#failure.error)
        else resolve(values)
      }
      if ((this.#takes.isEmpty && this.#available >= need) || this.#isClosed) serve()
      else this.#park({ need, serve, reject }, options)
    })
  }

  /** Moves up to `limit` values to `into[0..]` now; answers how many. For consumers with a loop of their own. */
  drainInto(into: T[], limit: number): number {
    let count = 0
    while (count < limit && this.#available > 0 && this.#takes.isEmpty) into[count++] = this.#next()
    return count
  }

  /** Accepts nothing more. What is inside, waiting puts included, still comes out. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#flow()
  }

  /** Accepts nothing more; after what is inside, takers are rejected with `error`. */
  fail(error: unknown): void {
    if (this.#isClosed) return
    this.#failure = { error }
    this.close()
  }

  /** A pipeline takes from the queue as one of its consumers. Its end leaves the queue open. */
  open(_scope: Scope, wake: Wake): Outlet<T> {
    return new QueueOutlet<T>(this, this.#readers, () => this.#isDry(), () => this.#failure, wake)
  }

  /** One of any number of consumers; leaving the loop ends this one only. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    return new QueueIterator<T>(this)
  }

  /** Closes. What is inside can still be taken; it is nobody's to wait for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** What can be taken now: with capacity 0 that is what waiting puts hold. */
  get #available(): number {
    return this.#storage.size > 0 ? this.#storage.size : this.#puts.size
  }

  #isDry(): boolean {
    return this.#isClosed && this.#storage.size === 0 && this.#puts.isEmpty
  }

  #ended(): unknown {
    return this.#failure ? this.#failure.error : new QueueClosedError(`${this.#options.name}: closed, and nothing is left to take`)
  }

  #weigh(value: T): number {
    const { weigh, name } = this.#options
    if (weigh === undefined) return 0
    const weight = weigh(value)
    if (weight >= 0) return weight
    throw new RangeError(`${name}: weigh must answer a number of at least 0, got ${weight}`)
  }

  #hasRoom(value: T, weight: number): boolean {
    const { capacity, maxWeight } = this.#options
    const { size } = this.#storage
    if (size > 0 && this.#weight + weight > maxWeight) return false
    // A rendezvous has room for exactly those who wait to take.
    if (size >= (capacity === 0 ? this.#takes.size : capacity)) return false
    return this.#storage.admits === undefined || this.#storage.admits(value)
  }

  #admit(value: T, weight: number): void {
    this.#weight += weight
    this.#storage.push(this.#options.weigh ? { value, weight } : value)
  }

  #put(value: T, options: WaitOptions | undefined): Promise<void> {
    const { name, clock, maxWaitingPuts } = this.#options
    const refusal = refused(name, options)
    if (refusal) return Promise.reject(refusal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosedError(`${name}: closed, it takes no more values`))
    const weight = this.#weigh(value)
    if (this.#puts.isEmpty && this.#hasRoom(value, weight)) {
      this.#admit(value, weight)
      this.#flow()
      return ACCEPTED
    }
    if (this.#overflow(value, weight) !== undefined) return ACCEPTED
    if (this.#options.overflow === 'fail') return Promise.reject(new QueueFullError(`${name}: full (${this.size} values)`))
    if (this.#puts.size >= maxWaitingPuts) {
      return Promise.reject(new QueueFullError(`${name}: ${maxWaitingPuts} puts are waiting already; await each put before the next`))
    }
    return new Promise<void>((resolve, reject) => {
      parkWaiting(this.#puts, { value, weight, resolve, reject }, `${name}.put`, clock, options)
      this.#flow()
    })
  }

  /** Carries out a policy that drops. True: the value is in. False: it was dropped. Undefined: the policy is another. */
  #overflow(value: T, weight: number): boolean | undefined {
    const { overflow } = this.#options
    if (overflow === 'drop-newest') {
      this.#drop([value], 'overflow')
      return false
    }
    if (overflow !== 'drop-oldest' && overflow !== 'latest') return undefined
    const victims: T[] = []
    while (this.size > 0 && (overflow === 'latest' || !this.#hasRoom(value, weight))) {
      victims.push(this.#unwrap(this.#storage.drop() as T | Weighed<T>))
    }
    const room = this.#hasRoom(value, weight)
    if (room) this.#admit(value, weight)
    else victims.push(value)
    this.#flow()
    this.#drop(victims, 'overflow')
    return room
  }

  #drop(values: readonly T[], reason: DropReason): void {
    this.#dropped += values.length
    for (const value of values) this.#options.onDrop?.(value, reason)
  }

  #park(take: Take, options: WaitOptions | undefined): void {
    parkWaiting(this.#takes, take, `${this.#options.name}.take`, this.#options.clock, options)
    this.#flow()
  }

  #unwrap(stored: T | Weighed<T>): T {
    if (this.#options.weigh === undefined) return stored as T
    this.#weight -= (stored as Weighed<T>).weight
    return (stored as Weighed<T>).value
  }

  /** The next value; what waits moves up. Only when something is available. */
  #next(): T {
    if (this.#storage.size === 0) {
      const put = this.#servePut()
      put.resolve()
      return put.value
    }
    const value = this.#unwrap(this.#storage.shift() as T | Weighed<T>)
    if (!this.#puts.isEmpty || this.#isHigh || this.#isClosed) this.#flow()
    return value
  }

  #servePut(): Put<T> {
    const put = this.#puts.serve() as Put<T>
    put.leave?.()
    return put
  }

  /** After any change: waiting puts move in, waiting takes are served, watermarks and the end are told. */
  #flow(): void {
    for (let put = this.#puts.first; put && this.#hasRoom(put.value, put.weight); put = this.#puts.first) {
      this.#servePut()
      this.#admit(put.value, put.weight)
      put.resolve()
    }
    for (let take = this.#takes.first; take && (this.#available >= take.need || this.#isClosed); take = this.#takes.first) {
      this.#takes.serve()
      take.leave?.()
      take.serve()
    }
    if (this.#readers.size > 0 && (this.#available > 0 || this.#isClosed)) {
      const readers = [...this.#readers]
      this.#readers.clear()
      for (const wake of readers) wake()
    }
    this.#watch()
    if (this.#isDry()) this.#closed?.settle()
  }

  #watch(): void {
    const { high, low, onHigh, onLow } = this.#options
    if (!this.#isHigh && this.size >= high) {
      this.#isHigh = true
      onHigh?.()
    } else if (this.#isHigh && this.size <= low) {
      this.#isHigh = false
      onLow?.()
    }
  }
}
