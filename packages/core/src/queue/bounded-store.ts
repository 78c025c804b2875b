import type { CheckedQueueOptions } from './bounded-queue-options'
import type { Storage } from './storage'

/** A value with its weight, in queues that weigh. */
interface Weighed<T> {
  readonly value: T
  readonly weight: number
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
  /** Nothing to weigh, to watch or to admit one by one: a value can go straight in. */
  readonly plain: boolean
  weight = 0
  #isHigh = false

  constructor(options: CheckedQueueOptions<T>, storage: Storage<T>) {
    this.#options = options
    this.#storage = storage
    this.plain = !options.weigh && !options.onHigh && !options.onLow && storage.admits === undefined
  }

  get size(): number {
    return this.#storage.size
  }

  get isFull(): boolean {
    return this.size >= this.#options.capacity || this.weight >= this.#options.maxWeight
  }

  weigh(value: T): number {
    const { weigh, name } = this.#options
    if (weigh === undefined) return 0
    const weight = weigh(value)
    if (weight >= 0) return weight
    throw new RangeError(`${name}: weigh must answer a number of at least 0, got ${weight}`)
  }

  /** @param takers how many wait to take: a rendezvous has room for exactly those. */
  hasRoom(value: T, weight: number, takers: number): boolean {
    const { capacity, maxWeight } = this.#options
    if (this.size > 0 && this.weight + weight > maxWeight) return false
    if (this.size >= (capacity === 0 ? takers : capacity)) return false
    return this.#storage.admits === undefined || this.#storage.admits(value)
  }

  /** Without a look at the bounds: the caller has looked. */
  push(value: T, weight = 0): void {
    this.weight += weight
    this.#storage.push(this.#options.weigh ? { value, weight } : value)
  }

  /** Only where `size` is above 0. */
  shift(): T {
    return this.#unwrap(this.#storage.shift() as T | Weighed<T>)
  }

  /** Drops values, as the overflow policy says, until there is room for one more; answers them. */
  makeRoom(value: T, weight: number, takers: number): T[] {
    const victims: T[] = []
    while (this.size > 0 && (this.#options.overflow === 'latest' || !this.hasRoom(value, weight, takers))) {
      victims.push(this.#unwrap(this.#storage.drop() as T | Weighed<T>))
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

  #unwrap(stored: T | Weighed<T>): T {
    if (this.#options.weigh === undefined) return stored as T
    this.weight -= (stored as Weighed<T>).weight
    return (stored as Weighed<T>).value
  }
}
