import type { Clock } from '../contract/clock'
import type { Outlet, Wake } from '../contract/outlet'
import type { Scope } from '../contract/scope'
import type { JointMeasure } from '../contract/stage'
import { registerPart, type PartFigures } from '../copies/parts'
import { QueueClosedError, QueueFullError } from '../errors'
import type { Storage } from '../held/storage'
import { refused, type TakeOptions, type WaitOptions } from '../waiting/waiting'
import { checkQueueOptions, checkTake, type BoundedQueueOptions } from './bounded-queue-options'
import { Putter } from './putter'
import { QueueIterator } from './queue-iterator'
import { QueueOutlet } from './queue-outlet'
import { QueueState } from './queue-state'
import { Taker } from './taker'

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
 * A put waits only while the queue is full, a take only while too little is there, so never both. The class makes promises
 * and checks options; its state, and the one transition of the state, are in `QueueState`.
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
  readonly #state: QueueState<T>

  /** @throws OptionError where an option is wrong. */
  constructor(options: BoundedQueueOptions<T>, storage?: Storage<T>, owner = 'BoundedQueue') {
    this.#state = new QueueState(checkQueueOptions(owner, options), storage)
    if (options.name !== undefined) registerPart(this, 'queue', options.name, BoundedQueue.#figures<T>)
  }

  static #figures<T>(this: void, queue: BoundedQueue<T>): PartFigures {
    const { weigh, maxWeight } = queue.#state.options
    return {
      size: queue.size, capacity: queue.capacity, weight: weigh ? queue.weight : null, maxWeight: maxWeight === Infinity ? null : maxWeight,
      waiting: queue.waitingPuts, active: queue.waitingTakes, concurrency: null, isClosed: queue.isClosed,
    }
  }

  get capacity(): number { return this.#state.options.capacity }
  get size(): number { return this.#state.store.size }
  /** The weight of what is inside; 0 without `weigh`. */
  get weight(): number { return this.#state.store.weight }
  /** What all that is inside may weigh; undefined without `weigh`. */
  get maxWeight(): number | undefined { return this.#state.options.weigh && this.#state.options.maxWeight }
  get isEmpty(): boolean { return this.#state.store.size === 0 }
  get isFull(): boolean { return this.#state.store.isFull }
  /** True from `close` or `fail` on, while what is inside still comes out. */
  get isClosed(): boolean { return this.#state.isClosed }
  /** Values dropped so far. */
  get dropped(): number { return this.#state.drops.count }
  get waitingPuts(): number { return this.#state.puts.size }
  get waitingTakes(): number { return this.#state.takes.size }

  /** Resolves when the queue is closed and empty; rejects with the error of `fail` then. */
  get closed(): Promise<void> { return this.#state.ending.promise }

  /**
   * Puts a value, and resolves when it was accepted: at once where there is room, else when there is.
   *
   * Rejects with QueueClosedError, with QueueFullError (policy `fail`, or too many puts wait), with the signal's reason,
   * a TimeoutError, or what `weigh`, `priority`, `key` or `compare` threw; the value is then not in the queue. A value that
   * a policy drops counts as accepted.
   */
  put(value: T, options?: WaitOptions): Promise<void> {
    return options === undefined && this.#state.putNow(value) ? ACCEPTED : this.#putOrWait(value, options)
  }

  /**
   * Puts a value if that needs no waiting. False: it is not in the queue, for there was no room, or because a policy
   * dropped it, in which case it was counted and offered to `onDrop`.
   */
  tryPut(value: T): boolean {
    const state = this.#state
    if (state.putNow(value)) return true
    if (state.isClosed) return false
    const offered = state.offer(value, state.store.weigh(value))
    if (offered === 'in') state.flow()
    return offered === 'in' || offered === 'replaced'
  }

  /**
   * Takes the next value, waiting for one if need be.
   *
   * Rejects with QueueClosedError when the queue is closed and empty, with the error of `fail`, with the signal's
   * reason or a TimeoutError; no value is lost then.
   */
  take(options?: WaitOptions): Promise<T> {
    const state = this.#state
    if (options === undefined && state.canTakeNow) return Promise.resolve(state.takeNow())
    // What is thrown in here, by a wrong option, rejects.
    return new Promise<T>((resolve, reject) => {
      const refusal = options && refused(state.options.name, options)
      if (refusal) throw refusal.reason
      state.arrive(new Taker<T>('value', 1, 1, resolve, reject), options)
    })
  }

  /** Takes the next value if there is one; undefined otherwise. */
  tryTake(): T | undefined {
    const state = this.#state
    if (state.canTakeNow) return state.takeNow()
    if (state.available === 0 || !state.takes.isEmpty) return undefined
    const value = state.takeOut()
    state.flow()
    return value
  }

  /**
   * Takes up to `count` values, waiting until at least `min` (default 1) are there.
   *
   * Resolves with fewer only when the queue has been closed, with none when nothing is left, or when no more fit: values
   * that are too heavy, or of a key that is full. Rejects as `take` does, but not because the queue was closed.
   */
  takeUpTo(count: number, options: TakeOptions = {}): Promise<T[]> {
    return new Promise<T[]>((resolve, reject) => {
      const need = checkTake(this.#state.options.name, this.capacity, count, options)
      this.#state.arrive(new Taker<T>('list', need, count, resolve, reject), options)
    })
  }

  /** Moves up to `limit` values to `into[0..]` now; answers how many. For consumers with a loop of their own. */
  drainInto(into: T[], limit: number): number { return this.#state.drain(into, limit) }

  /** Accepts nothing more. What is inside, waiting puts included, still comes out. */
  close(): void { this.#state.close() }

  /** Accepts nothing more; after what is inside, takers are rejected with `error`. */
  fail(error: unknown): void { this.#state.close({ error }) }

  /**
   * As `fail`, for a queue that nobody will take from any more: puts that wait are rejected with `error` as well. What is
   * inside can still be taken.
   */
  cutOff(error: unknown): void {
    this.fail(error)
    this.#state.rejectPuts(error)
  }

  /** Measures how long it is full and empty, and how old its values get, from now on: `from(queue)` does so for the run that reads it. */
  measure(clock: Clock): JointMeasure { return this.#state.store.gauged().measure(clock) }

  /** A pipeline takes from the queue as one of its consumers. Its end leaves the queue open. */
  open(_scope: Scope, wake: Wake): Outlet<T> { return new QueueOutlet<T>(this.#state, wake, this.#state.attendance.enter()) }

  /** One of any number of consumers; leaving the loop ends this one only. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> { return new QueueIterator<T>(this.#state, this.#state.attendance.enter()) }

  /** Closes. What is inside can still be taken; it is nobody's to wait for that. */
  async [Symbol.asyncDispose](): Promise<void> { this.close() }

  /** What is thrown in here, by a function of the user too, rejects. */
  #putOrWait(value: T, options: WaitOptions | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const state = this.#state
      const { name, maxWaitingPuts, overflow } = state.options
      const refusal = options && refused(name, options)
      if (refusal) throw refusal.reason
      if (state.isClosed) throw new QueueClosedError(`${name}: closed, it takes no more values`)
      const weight = state.store.weigh(value)
      const offered = state.offer(value, weight)
      if (offered !== 'full') {
        resolve()
        if (offered === 'in') state.flow()
      } else if (overflow === 'fail') {
        throw new QueueFullError(`${name}: full (${this.size} values)`)
      } else if (state.puts.size >= maxWaitingPuts) {
        throw new QueueFullError(`${name}: ${maxWaitingPuts} puts are waiting already; await each put before the next`)
      } else {
        state.parkPut(new Putter(value, weight, state.store.capture(), resolve, reject), options)
      }
    })
  }
}
