import type { Within } from '../contract/context'
import type { Wake } from '../contract/outlet'
import { QueueClosedError } from '../errors'
import { FifoStorage, type Storage } from '../held/storage'
import { Ending } from '../waiting/ending'
import { Waiters } from '../waiting/waiters'
import { giveUpWith, type WaitOptions } from '../waiting/waiting'
import { Attendance } from './attendance'
import type { CheckedQueueOptions } from './bounded-queue-options'
import { BoundedStore } from './bounded-store'
import { Drops } from './drops'
import type { Putter } from './putter'
import type { Takeable, Taker } from './taker'

/**
 * What became of a value that was offered. `in`: `flow` is the caller's to call. `replaced`: the value is in, others were
 * dropped, and `flow` has been called. `full`: nothing has been done.
 */
export type Offered = 'in' | 'replaced' | 'dropped' | 'full'

/**
 * The state of a bounded queue: the values inside, who waits to put and to take, and whether it has ended.
 *
 * ```text
 *   puts ── admit ──▶ store ── serve ──▶ takes          flow = admit, serve, watermarks, readers, end
 * ```
 *
 * Every operation changes the state and calls `flow` afterwards, the one transition: it does all that has become possible.
 * `putNow` and `takeNow` are the two short ways. Each is guarded so that `flow` would find nothing left to do.
 *
 * Invariants after `flow`: the first put has no room; the first taker needs more than is there; nobody waits to take from a
 * closed queue; so puts and takers never wait at once.
 */
export class QueueState<T> implements Takeable<T> {
  readonly options: CheckedQueueOptions<T>
  readonly store: BoundedStore<T>
  readonly puts = new Waiters<Putter<T>>()
  readonly takes = new Waiters<Taker<T>>()
  /** Pipelines to be woken once when something is there; they hold no value, so one that ends loses none. */
  readonly readers = new Set<Wake>()
  readonly drops: Drops<T>
  readonly ending = new Ending()
  readonly attendance: Attendance
  isClosed = false
  failure: { readonly error: unknown } | undefined = undefined
  /** The context in which the value was put that `drain` has moved last, where the queue keeps that. */
  within: Within | undefined = undefined
  readonly #capacity: number
  /** Made once: a template string per waiting call costs 10 ns. */
  readonly #putName: string
  readonly #takeName: string
  /** Also made once. */
  readonly #moveUp = (): void => { this.flow() }

  constructor(options: CheckedQueueOptions<T>, storage: Storage<T> | undefined) {
    this.options = options
    this.#capacity = options.capacity
    this.store = new BoundedStore(options, storage ?? new FifoStorage(options.capacity))
    this.drops = new Drops(options.onDrop)
    this.attendance = new Attendance(options, () => (this.takes.isEmpty ? this.puts.size : 0))
    this.#putName = `${options.name}.put`
    this.#takeName = `${options.name}.take`
  }

  /** How many values can be taken now: with capacity 0 those that waiting puts hold. */
  get available(): number {
    return this.store.size > 0 ? this.store.size : this.puts.size
  }

  /** Closed, and nothing will come out any more. */
  get isDry(): boolean {
    return this.isClosed && this.store.size === 0 && this.puts.isEmpty
  }

  ended(): unknown {
    return this.failure ? this.failure.error : new QueueClosedError(`${this.options.name}: closed, and nothing is left to take`)
  }

  /** The short way in: to the taker that waits, or into a store that has room. False: nothing was done, go the long way. */
  putNow(value: T): boolean {
    const plain = this.store.plain
    if (plain === undefined || this.isClosed || !this.puts.isEmpty) return false
    const taker = this.takes.first
    if (taker === undefined) {
      if (plain.size >= this.#capacity) return false
      plain.push(value)
      if (this.store.gauge !== undefined) this.store.gauge.changed()
      if (this.readers.size > 0) this.#wakeReaders()
      return true
    }
    // Behind a taker that needs several values, values wait.
    if (taker.need > 1 || plain.size > 0) return false
    this.takes.serve()
    taker.give(value)
    return true
  }

  /** Whether `takeNow` may be called. */
  get canTakeNow(): boolean {
    const plain = this.store.plain
    return plain !== undefined && plain.size > 0 && this.takes.isEmpty && !this.isClosed
  }

  /** The short way out: the oldest value; the put that waits longest moves into its place. */
  takeNow(): T {
    const plain = this.store.plain as FifoStorage<T>
    const value = plain.shift() as T
    if (this.store.gauge !== undefined) this.store.gauge.changed()
    const putter = this.puts.serve()
    if (putter !== undefined) {
      plain.push(putter.value)
      if (this.store.gauge !== undefined) this.store.gauge.changed()
      putter.leave?.()
      putter.resolve()
    }
    return value
  }

  /** Puts a value in if it need not wait, else does what the policy says. Throws what a function of the user throws. */
  offer(value: T, weight: number): Offered {
    if (this.puts.isEmpty && this.store.hasRoom(value, weight, this.takes.size)) {
      this.store.push(value, weight)
      return 'in'
    }
    const { overflow } = this.options
    if (overflow === 'drop-newest') {
      this.drops.add([value], 'overflow')
      return 'dropped'
    }
    return overflow === 'drop-oldest' || overflow === 'latest' ? this.#replace(value, weight) : 'full'
  }

  /** A put waits for room. */
  parkPut(putter: Putter<T>, options: WaitOptions | undefined): void {
    this.puts.parkLink(putter)
    if (options !== undefined) giveUpWith(this.puts, putter, putter, this.#putName, this.options.clock, options, this.#moveUp)
    this.attendance.look()
    // A rendezvous has a value for takers and readers now. A taker with a `min` learns that no more values fit.
    if (!this.takes.isEmpty || this.readers.size > 0) this.flow()
  }

  /** A taker comes: it is served, or it waits. */
  arrive(taker: Taker<T>, options: WaitOptions | undefined): void {
    if (this.takes.isEmpty && (this.isClosed || this.#isEnough(taker.need))) {
      taker.serve(this)
      this.flow()
      return
    }
    this.takes.parkLink(taker)
    if (options !== undefined) giveUpWith(this.takes, taker, taker, this.#takeName, this.options.clock, options, this.#moveUp)
  }

  /** The next value, where something is available. */
  takeOut(): T {
    if (this.store.size > 0) return this.store.shift()
    const putter = this.#servePut()
    putter.resolve()
    this.store.within = putter.within
    return putter.value
  }

  /** For a taker that is being served: the next value. Puts move up, watermarks are told, but no other taker is served. */
  next(): T {
    const value = this.takeOut()
    this.#admit()
    this.#watch()
    return value
  }

  /** Moves up to `limit` values to `into[0..]`; answers how many. Takers that wait go first: then none. */
  drain(into: T[], limit: number): number {
    let count = 0
    while (count < limit && this.takes.isEmpty && this.available > 0) {
      if (this.canTakeNow) into[count++] = this.takeNow()
      else {
        into[count++] = this.takeOut()
        // Before others take: the store tells of the last value only.
        this.within = this.store.within
        this.flow()
      }
    }
    return count
  }

  /** Nothing more is accepted. */
  close(failure?: { readonly error: unknown }): void {
    if (this.isClosed) return
    this.#shut(failure)
    this.flow()
  }

  /** Puts that wait are rejected. */
  rejectPuts(error: unknown): void {
    while (!this.puts.isEmpty) this.#servePut().reject(error)
    this.flow()
  }

  /** The transition. After any change: waiting puts move in, takers are served, watermarks, readers and the end are told. */
  flow(): void {
    do {
      this.#admit()
      for (let taker = this.takes.first; taker && (this.isClosed || this.#isEnough(taker.need)); taker = this.takes.first) {
        this.takes.serve()
        taker.serve(this)
        this.#admit()
      }
    } while (!this.#watch())
    if (this.readers.size > 0 && (this.available > 0 || this.isClosed)) this.#wakeReaders()
    if (this.isDry) this.ending.settle(this.failure)
  }

  /** Drops values as the policy says, and puts the new one in where that has made room. */
  #replace(value: T, weight: number): Offered {
    const victims = this.store.makeRoom(value, weight, this.takes.size)
    try {
      const hasRoom = this.store.hasRoom(value, weight, this.takes.size)
      if (hasRoom) this.store.push(value, weight)
      else victims.push(value)
      return hasRoom ? 'replaced' : 'dropped'
    } finally {
      // Also where `compare` refuses the value only in company: the victims are gone.
      this.flow()
      this.drops.add(victims, 'overflow')
    }
  }

  #servePut(): Putter<T> {
    const putter = this.puts.serve() as Putter<T>
    putter.leave?.()
    return putter
  }

  /** Whether a taker that needs so many is served now. Behind a put that waits for room nothing more will come in. */
  #isEnough(need: number): boolean {
    return this.available >= need || (this.store.size > 0 && !this.puts.isEmpty)
  }

  /** Waiting puts move in, as far as there is room. */
  #admit(): void {
    for (let putter = this.puts.first; putter; putter = this.puts.first) {
      try {
        if (!this.store.hasRoom(putter.value, putter.weight, this.takes.size)) return
        this.#servePut()
        this.store.push(putter.value, putter.weight, putter.within)
        putter.resolve()
      } catch (error) {
        // `priority`, `key` or `compare` refuses the value: the error is for the put, not for a taker that happens by.
        if (this.puts.first === putter) this.#servePut()
        putter.reject(error)
      }
    }
  }

  /** Tells of watermarks. One that throws fails the queue, for the put or take has done nothing wrong: false. */
  #watch(): boolean {
    try {
      this.store.watch()
      return true
    } catch (error) {
      this.failure ??= { error }
      this.#shut(this.failure)
      return false
    }
  }

  #shut(failure: { readonly error: unknown } | undefined): void {
    this.failure ??= failure
    if (this.isClosed) return
    this.isClosed = true
    this.attendance.close()
  }
  /** Wakes each reader once; while they are told they may ask again. */
  #wakeReaders(): void {
    const wakes = [...this.readers]
    this.readers.clear()
    for (const wake of wakes) wake()
  }
}
