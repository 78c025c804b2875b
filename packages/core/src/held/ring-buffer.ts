import { wholeOrInfinite } from '../options'

/**
 * A queue of values in an array that grows by doubling up to its capacity: values only, synchronous, O(1) per value.
 *
 * ```text
 *   head ─┐        size = 3
 *   ┌───┬─▼─┬───┬───┬───┬───┬───┬───┐
 *   │   │ a │ b │ c │   │   │   │   │   slots.length is a power of two, so `& mask` wraps round
 *   └───┴───┴───┴───┴───┴───┴───┴───┘
 * ```
 *
 * Invariants: 0 ≤ size ≤ capacity; slots outside [head, head + size) hold undefined, so nothing taken is kept alive.
 */
export class RingBuffer<T> {
  readonly capacity: number
  #slots: (T | undefined)[]
  #mask: number
  #head = 0
  #size = 0

  /**
   * @param capacity values it holds at most: 0 or more, or Infinity.
   * @throws OptionError where it is none of these.
   */
  constructor(capacity: number) {
    this.capacity = wholeOrInfinite('RingBuffer', 'capacity', capacity, 0)
    let length = 1
    while (length < capacity && length < 16) length *= 2
    this.#slots = new Array<T | undefined>(length).fill(undefined)
    this.#mask = length - 1
  }

  get size(): number {
    return this.#size
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  get isFull(): boolean {
    return this.#size >= this.capacity
  }

  /** Appends; false when full, and the value is still yours. */
  push(value: T): boolean {
    if (this.#size >= this.capacity) return false
    if (this.#size > this.#mask) this.#grow()
    this.#slots[(this.#head + this.#size) & this.#mask] = value
    this.#size++
    return true
  }

  /** Appends `values[from..from + count)`, for which there has to be room. */
  pushAll(values: readonly T[], from: number, count: number): void {
    while (this.#size + count > this.#slots.length) this.#grow()
    const slots = this.#slots
    const mask = this.#mask
    const tail = this.#head + this.#size
    for (let i = 0; i < count; i++) slots[(tail + i) & mask] = values[from + i]
    this.#size += count
  }

  /** Takes the oldest value; undefined when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const value = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & this.#mask
    this.#size--
    return value
  }

  /** Takes the newest value; undefined when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined
    const index = (this.#head + --this.#size) & this.#mask
    const value = this.#slots[index]
    this.#slots[index] = undefined
    return value
  }

  /** The value at `index` from the oldest; undefined outside. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.#size ? this.#slots[(this.#head + index) & this.#mask] : undefined
  }

  /** Moves up to `limit` values, oldest first, to `into[offset..]`; answers how many. */
  drain(into: T[], limit: number, offset = 0): number {
    const count = Math.min(limit, this.#size)
    // In locals, since a store into an array may change a field for all the compiler knows.
    const slots = this.#slots
    const mask = this.#mask
    const head = this.#head
    for (let i = 0; i < count; i++) {
      const index = (head + i) & mask
      into[offset + i] = slots[index] as T
      slots[index] = undefined
    }
    this.#head = (head + count) & mask
    this.#size -= count
    return count
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#head = 0
    this.#size = 0
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Array<T | undefined>(old.length * 2).fill(undefined)
    for (let i = 0; i < old.length; i++) slots[i] = old[(this.#head + i) & this.#mask]
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#head = 0
  }
}
