import type { Outlet, Wake } from '../contract/outlet'
import type { Scope } from '../contract/scope'
import { QueueClosedError, QueueFullError } from '../errors'
import { checkQueueOptions, checkTake, type BoundedQueueOptions, type CheckedQueueOptions } from './bounded-queue-options'
import { QueueIterator } from './queue-iterator'
import { QueueOutlet, wakeAll } from './queue-outlet'
import { Attendance } from './attendance'
import { BoundedStore } from './bounded-store'
import { Drops } from './drops'
import { Ending } from '../waiting/ending'
import { handOver, needOf, wantsOne, type PutWaiter, type Resolve, type TakeWaiter } from './queue-waiter'
import { FifoStorage, type Storage } from '../held/storage'
import { parkWaiting, refused, type TakeOptions, type WaitOptions } from '../waiting/waiting'
import { Waiters } from '../waiting/waiters'

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
 * queue.tryPut('b')                    // never waits: false where it is full
 * queue.close()                        // what is inside still comes out
 * for await (const value of queue) console.log(value) // any number of consumers; each value goes to one
 * ```
 */
export class BoundedQueue<T> implements AsyncIterable<T>, AsyncDisposable {
  readonly #options: CheckedQueueOptions<T>
  readonly #store: BoundedStore<T>
  readonly #puts = new Waiters<PutWaiter<T>>()
  readonly #takes = new Waiters<TakeWaiter<T> | Resolve<T>>()
  /** Pipelines to be woken once when something is there; they hold no value, so one that ends loses none. */
  readonly #readers = new Set<Wake>()
  readonly #capacity: number
  /** Made once: a template string per waiting call costs 10 ns. */
  readonly #putName: string
  readonly #takeName: string
  readonly #drops: Drops<T>
  readonly #ending = new Ending()
  readonly #attendance: Attendance
  #isClosed = false
  #failure: { readonly error: unknown } | undefined

  /** @throws OptionError where an option is wrong. */
  constructor(options: BoundedQueueOptions<T>, storage?: Storage<T>, owner = 'BoundedQueue') {
    this.#options = checkQueueOptions(owner, options)
    this.#capacity = this.#options.capacity
    this.#drops = new Drops(this.#options.onDrop)
    this.#store = new BoundedStore(this.#options, storage ?? new FifoStorage(this.#capacity))
    this.#attendance = new Attendance(this.#options, () => (this.#takes.isEmpty ? this.#puts.size : 0))
    this.#putName = `${this.#options.name}.put`
    this.#takeName = `${this.#options.name}.take`
  }

  get capacity(): number { return this.#capacity }
  get size(): number { return this.#store.size }
  /** The weight of what is inside; 0 without `weigh`. */
  get weight(): number { return this.#store.weight }
  get isEmpty(): boolean { return this.#store.size === 0 }
  get isFull(): boolean { return this.#store.isFull }
  /** True from `close` or `fail` on, while what is inside still comes out. */
  get isClosed(): boolean { return this.#isClosed }
  /** Values dropped so far. */
  get dropped(): number { return this.#drops.count }
  get waitingPuts(): number { return this.#puts.size }
  get waitingTakes(): number { return this.#takes.size }

  /** Resolves when the queue is closed and empty; rejects with the error of `fail` then. */
  get closed(): Promise<void> { return this.#ending.promise }

  /**
   * Puts a value, and resolves when it was accepted: at once where there is room, else when there is.
   *
   * Rejects with QueueClosedError, with QueueFullError (policy `fail`, or too many puts wait), with the signal's reason,
   * a TimeoutError, or what `weigh`, `priority`, `key` or `compare` threw; the value is then not in the queue. A value that
   * a policy drops counts as accepted.
   */
  put(value: T, options?: WaitOptions): Promise<void> {
    return options === undefined && this.#handOver(value) ? ACCEPTED : this.#put(value, options)
  }

  /**
   * Puts a value if that needs no waiting. False: it is not in the queue, for there was no room, or because a policy
   * dropped it, in which case it was counted and offered to `onDrop`.
   */
  tryPut(value: T): boolean {
    if (this.#handOver(value)) return true
    if (this.#isClosed) return false
    const weight = this.#store.weigh(value)
    if (this.#puts.isEmpty && this.#hasRoom(value, weight)) {
      this.#store.push(value, weight)
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
    if (options === undefined && this.#store.plain && this.#takes.isEmpty && this.#available > 0) return Promise.resolve(this.#next())
    // What is thrown in here, a wrong option or by `compare`, rejects.
    return new Promise<T>((resolve, reject) => {
      const refusal = options && refused(this.#options.name, options)
      if (refusal) throw refusal.reason
      if (this.#takes.isEmpty && (this.#available > 0 || this.#isDry())) {
        resolve(this.#nextOrEnd())
        return
      }
      if (options) parkWaiting(this.#takes, { need: 1, one: resolve, reject }, this.#takeName, this.#options.clock, options)
      else this.#takes.park(resolve)
      // A rendezvous has room now, and a take with a `min` may hold up others that could be served.
      if (!this.#puts.isEmpty || this.#store.size > 0) this.#flow()
    })
  }

  /** Takes the next value if there is one; undefined otherwise. */
  tryTake(): T | undefined {
    return this.#available > 0 && this.#takes.isEmpty ? this.#next() : undefined
  }

  /**
   * Takes up to `count` values, waiting until at least `min` (default 1) are there.
   *
   * Resolves with fewer only when the queue has been closed, with none when nothing is left, or when no more fit: values
   * that are too heavy, or of a key that is full. Rejects as `take` does, but not because the queue was closed.
   */
  takeUpTo(count: number, options: TakeOptions = {}): Promise<T[]> {
    return new Promise<T[]>((resolve, reject) => {
      const { name, capacity } = this.#options
      const need = checkTake(name, capacity, count, options)
      const serve = (): void => {
        const values: T[] = []
        try {
          while (values.length < count && this.#available > 0) values.push(this.#next())
          if (values.length === 0 && this.#failure) throw this.#failure.error
        } catch (error) {
          if (values.length === 0) reject(error)
        }
        resolve(values)
      }
      if (this.#isClosed || (this.#takes.isEmpty && this.#isEnough(need))) {
        serve()
        return
      }
      parkWaiting(this.#takes, { need, serve, reject }, this.#takeName, this.#options.clock, options)
      if (!this.#puts.isEmpty || this.#store.size > 0) this.#flow()
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
    this.#attendance.close()
    this.#flow()
  }

  /** Accepts nothing more; after what is inside, takers are rejected with `error`. */
  fail(error: unknown): void {
    if (this.#isClosed) return
    this.#failure = { error }
    this.close()
  }

  /**
   * As `fail`, for a queue that nobody will take from any more: puts that wait are rejected with `error` as well. What is
   * inside can still be taken.
   */
  cutOff(error: unknown): void {
    this.fail(error)
    while (!this.#puts.isEmpty) this.#servePut().reject(error)
    this.#flow()
  }

  /** A pipeline takes from the queue as one of its consumers. Its end leaves the queue open. */
  open(_scope: Scope, wake: Wake): Outlet<T> {
    return new QueueOutlet<T>(this, this.#readers, () => this.#isDry(), () => this.#failure, wake, this.#attendance.enter())
  }

  /** One of any number of consumers; leaving the loop ends this one only. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> { return new QueueIterator<T>(this, this.#attendance.enter()) }

  /** Closes. What is inside can still be taken; it is nobody's to wait for that. */
  async [Symbol.asyncDispose](): Promise<void> { this.close() }

  /** What can be taken now: with capacity 0 that is what waiting puts hold. */
  get #available(): number {
    return this.#store.size > 0 ? this.#store.size : this.#puts.size
  }

  #isDry(): boolean {
    return this.#isClosed && this.#store.size === 0 && this.#puts.isEmpty
  }

  #ended(): unknown {
    return this.#failure ? this.#failure.error : new QueueClosedError(`${this.#options.name}: closed, and nothing is left to take`)
  }

  #hasRoom(value: T, weight: number): boolean {
    return this.#store.hasRoom(value, weight, this.#takes.size)
  }

  /** What is thrown in here, by a function of the user too, rejects. */
  #put(value: T, options: WaitOptions | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const { name, clock, maxWaitingPuts, overflow } = this.#options
      const refusal = refused(name, options)
      if (refusal) throw refusal.reason
      if (this.#isClosed) throw new QueueClosedError(`${name}: closed, it takes no more values`)
      const weight = this.#store.weigh(value)
      if (this.#puts.isEmpty && this.#hasRoom(value, weight)) {
        this.#store.push(value, weight)
        resolve()
      } else if (this.#overflow(value, weight) !== undefined) {
        resolve()
        return
      } else if (overflow === 'fail') {
        throw new QueueFullError(`${name}: full (${this.size} values)`)
      } else if (this.#puts.size >= maxWaitingPuts) {
        throw new QueueFullError(`${name}: ${maxWaitingPuts} puts are waiting already; await each put before the next`)
      } else {
        parkWaiting(this.#puts, { value, weight, resolve, reject }, this.#putName, clock, options)
        this.#attendance.look()
      }
      // With capacity 0 those who wait with a `min` of 1 have been served by now; a reader has to be told.
      this.#flow()
    })
  }

  /** Carries out a policy that drops. True: the value is in. False: it was dropped. Undefined: the policy is another. */
  #overflow(value: T, weight: number): boolean | undefined {
    const { overflow } = this.#options
    if (overflow === 'drop-newest') {
      this.#drops.add([value], 'overflow')
      return false
    }
    if (overflow !== 'drop-oldest' && overflow !== 'latest') return undefined
    const victims = this.#store.makeRoom(value, weight, this.#takes.size)
    try {
      const room = this.#hasRoom(value, weight)
      if (room) this.#store.push(value, weight)
      else victims.push(value)
      return room
    } finally {
      // Also where a function of the user refused the value: what has gone is gone.
      this.#flow()
      this.#drops.add(victims, 'overflow')
    }
  }

  /** The way a value takes in most programs: to who waits for it, or straight in. False: it needs a closer look. */
  #handOver(value: T): boolean {
    if (!this.#store.plain || this.#isClosed || !this.#puts.isEmpty || this.#readers.size > 0) return false
    if (this.#takes.isEmpty) {
      if (this.#store.size >= this.#capacity) return false
      this.#store.push(value)
      return true
    }
    // A taker that waits for several values waits on; one that waits for any finds the queue empty.
    if (this.#store.size > 0) return false
    const take = this.#takes.first as TakeWaiter<T> | Resolve<T>
    if (!wantsOne(take)) return false
    this.#takes.serve()
    handOver(take, value)
    return true
  }

  /** The next value; what waits moves up. Only when something is available. */
  #next(): T {
    if (this.#store.size === 0) {
      const put = this.#servePut()
      put.resolve()
      return put.value
    }
    const value = this.#store.shift()
    if (!this.#store.plain || !this.#puts.isEmpty || this.#isClosed) this.#flow()
    return value
  }

  /** For one who waited: the next value, or a rejection where no more will come, or `compare` throws. */
  #nextOrEnd(): T | Promise<never> {
    try {
      if (this.#available > 0) return this.#next()
    } catch (error) {
      return Promise.reject(error)
    }
    return Promise.reject(this.#ended())
  }

  #servePut(): PutWaiter<T> {
    const put = this.#puts.serve() as PutWaiter<T>
    put.leave?.()
    return put
  }

  /** Whether a taker that needs so many is served now. Behind a put that waits for room nothing more will come in. */
  #isEnough(need: number): boolean {
    return this.#available >= need || (this.#store.size > 0 && !this.#puts.isEmpty)
  }

  /** Waiting puts move in, as far as there is room. */
  #admit(): void {
    for (let put = this.#puts.first; put; put = this.#puts.first) {
      try {
        if (!this.#hasRoom(put.value, put.weight)) return
        this.#servePut()
        this.#store.push(put.value, put.weight)
        put.resolve()
      } catch (error) {
        // `priority`, `key` or `compare` wants none of it: that is for who put it, not for who happens to take.
        if (this.#puts.first === put) this.#servePut()
        put.reject(error)
      }
    }
  }

  /** After any change: waiting puts move in, waiting takes are served, watermarks and the end are told. */
  #flow(): void {
    this.#admit()
    while (!this.#takes.isEmpty && (this.#isClosed || this.#isEnough(needOf(this.#takes.first)))) {
      const take = this.#takes.serve() as TakeWaiter<T> | Resolve<T>
      handOver(take, (wantsOne(take) ? this.#nextOrEnd() : undefined) as T | Promise<never>)
    }
    if (this.#readers.size > 0 && (this.#available > 0 || this.#isClosed)) wakeAll(this.#readers)
    // A watermark that throws fails the queue: whoever put or took has done nothing wrong.
    try {
      this.#store.watch()
    } catch (error) {
      this.#failure ??= { error }
      this.close()
    }
    if (this.#isDry()) this.#ending.settle(this.#failure)
  }
}
