import { answeredNumber } from '../answered'
import { RingBuffer } from '../held/ring-buffer'

/** What the values that a joint holds weigh, oldest first. Knows nothing of the values. */
export class JointWeights<T> {
  readonly #name: string
  readonly #max: number
  readonly #weigh: (value: T) => number
  readonly #weights: RingBuffer<number>
  #total = 0

  constructor(name: string, capacity: number, max: number, weigh: (value: T) => number) {
    this.#name = name
    this.#max = max
    this.#weigh = weigh
    this.#weights = new RingBuffer(capacity)
  }

  /** True once there is as much room again as a joint rests for. */
  get isLow(): boolean {
    return this.#total <= this.#max / 4
  }

  of(value: T): number {
    return answeredNumber(this.#name, 'weigh', this.#weigh(value))
  }

  /** A value heavier than the bound fits only where nothing else is, or it would never. */
  fits(weight: number): boolean {
    return this.#weights.isEmpty || this.#total + weight <= this.#max
  }

  push(weight: number): void {
    this.#weights.push(weight)
    this.#total += weight
  }

  /** The oldest `count` values are gone. */
  shift(count: number): void {
    for (let i = 0; i < count; i++) this.#total -= this.#weights.shift() ?? 0
    // Fractions leave their rounding behind.
    if (this.#weights.isEmpty) this.#total = 0
  }
}
