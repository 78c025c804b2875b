import { answeredNumber } from '../answered'
import type { Within } from '../contract/context'
import { contextCarriers } from '../copies/context-carriers'
import type { CheckedQueueOptions } from './bounded-queue-options'
import { Gauge } from '../held/gauge'
import { FifoStorage, type Storage } from '../held/storage'

/** A value with its weight and the context in which it was put, in queues that weigh, or keep contexts. */
interface Weighed<T> {
  readonly value: T
  readonly weight: number
  readonly within: Within | undefined
}

/** Whether a queue that is made now stores more than the values alone. */
export function storesMore(weighs: boolean): boolean {
  return weighs || contextCarriers.ofValue !== undefined
}

/** A function of values, made to look at what a queue stores. */
export function ofStored<T, R>(weighs: boolean, look: (value: T) => R): (stored: T) => R {
  return storesMore(weighs) ? (stored) => look((stored as Weighed<T>).value) : look
}

/**
 * What is inside a bounded queue: a storage with its two bounds, and the watermarks. Knows nothing of who waits.
 *
 * Invariants: size ≤ capacity (≤ the takers waiting, for capacity 0); weight ≤ maxWeight, unless one value alone is
 * heavier; `weight` is the sum of the weights inside.
 */
export class BoundedStore<T> {
  readonly #options: CheckedQueueOptions<T>
  readonly #storage: Storage<T | Weighed<T>>
  /**
   * The storage itself, where there is nothing to weigh, to watch, to order or to admit one by one: a value can go straight
   * in and out, and no code of the user runs. Undefined in every other store.
   */
  readonly plain: FifoStorage<T> | undefined
  weight = 0
  /** A value is stored with the context in which it was put: contexts were carried when the queue was made. */
  readonly carries = contextCarriers.ofValue !== undefined
  /** The context in which the value was put that has come out last. */
  within: Within | undefined = undefined
  #isHigh = false
  /** Made when a run asks for figures. */
  gauge: Gauge | undefined = undefined

  constructor(options: CheckedQueueOptions<T>, storage: Storage<T>) {
    this.#options = options
    this.#storage = storage
    const isWatched = options.weigh !== undefined || options.onHigh !== undefined || options.onLow !== undefined
    this.plain = !isWatched && !this.carries && storage instanceof FifoStorage ? storage as FifoStorage<T> : undefined
  }

  get size(): number {
    return this.#storage.size
  }

  /** Shows what is inside, and measures that for runs that ask. */
  gauged(): Gauge {
    const { capacity, maxWeight, weigh } = this.#options
    const size = (): number => this.size
    const weight = (): number => this.weight
    return (this.gauge ??= new Gauge({
      capacity, maxWeight: weigh && maxWeight, isOrdered: this.#storage instanceof FifoStorage,
      get size() { return size() },
      get weight() { return weight() },
    }))
  }

  get isFull(): boolean {
    return this.size >= this.#options.capacity || this.weight >= this.#options.maxWeight
  }

  weigh(value: T): number {
    const { weigh, name } = this.#options
    if (weigh === undefined) return 0
    // An infinite weight would leave NaN behind when it comes out, and with it no bound at all.
    return answeredNumber(name, 'weigh', weigh(value))
  }

  /** @param takers how many wait to take: a rendezvous has room for exactly those. */
  hasRoom(value: T, weight: number, takers: number): boolean {
    const { capacity, maxWeight } = this.#options
    if (this.size > 0 && this.weight + weight > maxWeight) return false
    if (this.size >= (capacity === 0 ? takers : capacity)) return false
    return this.#storage.admits === undefined || this.#storage.admits(this.#wrap(value, weight))
  }

  /** Without a look at the bounds: the caller has looked. */
  push(value: T, weight = 0, within = this.capture()): void {
    // First what may throw: a value that a function of the user refuses weighs nothing.
    this.#storage.push(this.#wrap(value, weight, within))
    this.weight += weight
    if (this.gauge !== undefined) this.gauge.changed()
  }

  /** Only where `size` is above 0. */
  shift(): T {
    const stored = this.#storage.shift() as T | Weighed<T>
    if (this.carries) this.within = (stored as Weighed<T>).within
    const value = this.#unwrap(stored)
    if (this.gauge !== undefined) this.gauge.changed()
    return value
  }

  /** The context of whoever puts, where contexts are kept. */
  capture(): Within | undefined {
    return this.carries ? contextCarriers.ofValue?.() : undefined
  }

  /**
   * Drops values, as the overflow policy says, until there is room for one more; answers them.
   *
   * @throws what a function of the user's throws about the value: nothing was dropped then.
   */
  makeRoom(value: T, weight: number, takers: number): T[] {
    const victims: T[] = []
    this.#storage.check?.(this.#wrap(value, weight))
    while (this.size > 0 && (this.#options.overflow === 'latest' || !this.hasRoom(value, weight, takers))) {
      victims.push(this.#unwrap(this.#storage.drop(this.#wrap(value, weight)) as T | Weighed<T>))
      if (this.gauge !== undefined) this.gauge.changed()
    }
    return victims
  }

  /** Tells of a watermark that was passed. */
  watch(): void {
    const { high, low, onHigh, onLow } = this.#options
    if (!this.#isHigh && this.size >= high) {
      this.#isHigh = true
      onHigh?.()
    } else if (this.#isHigh && this.size <= low) {
      this.#isHigh = false
      onLow?.()
    }
  }

  #wrap(value: T, weight: number, within?: Within): T | Weighed<T> {
    return this.carries || this.#options.weigh ? { value, weight, within } : value
  }

  #unwrap(stored: T | Weighed<T>): T {
    if (!this.carries && this.#options.weigh === undefined) return stored as T
    // What rounding has left over goes with the last value.
    this.weight = this.size === 0 ? 0 : this.weight - (stored as Weighed<T>).weight
    return (stored as Weighed<T>).value
  }
}
