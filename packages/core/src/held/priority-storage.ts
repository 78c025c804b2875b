import { answeredOrder } from '../answered'
import { RingBuffer } from './ring-buffer'
import type { Storage } from './storage'

/**
 * A ring per level, 0 the most urgent.
 *
 * ```text
 *   level 0  [ a d ]      a, d, b, e, c come out in this order
 *   level 1  [ b e ]
 *   level 2  [ c ]
 * ```
 *
 * O(levels) per value. Invariant: `size` is the sum of the rings' sizes.
 */
export class LevelStorage<T> implements Storage<T> {
  readonly #levels: RingBuffer<T>[]
  readonly #levelOf: (value: T) => number
  size = 0

  /** @param levelOf answers a level that there is: 0 to `levels - 1`. */
  constructor(capacity: number, levels: number, levelOf: (value: T) => number) {
    this.#levels = Array.from({ length: levels }, () => new RingBuffer<T>(Math.max(1, capacity)))
    this.#levelOf = levelOf
  }

  push(value: T): void {
    ;(this.#levels[this.#levelOf(value)] as RingBuffer<T>).push(value)
    this.size++
  }

  check(value: T): void {
    this.#levelOf(value)
  }

  shift(): T | undefined {
    const ring = this.#levels.find((level) => level.size > 0)
    if (ring) this.size--
    return ring?.shift()
  }

  drop(): T | undefined {
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const ring = this.#levels[i] as RingBuffer<T>
      if (ring.size === 0) continue
      this.size--
      return ring.shift()
    }
    return undefined
  }
}

interface Entry<T> {
  readonly value: T
  readonly order: number
}

/**
 * A binary heap: what `compare` puts first comes out first; of equals the one put first. O(log n) per value.
 *
 * ```text
 *          [0]            a parent never comes after its children
 *        /     \
 *      [1]     [2]        children of i: 2i + 1, 2i + 2
 *     /   \   /   \
 *   [3]  [4] [5]  [6]
 * ```
 *
 * @example
 * ```ts
 * import { HeapStorage } from '@sluice/core/authoring'
 *
 * const heap = new HeapStorage<number>((a, b) => a - b)
 * for (const n of [3, 1, 2]) heap.push(n)
 * heap.shift() // 1
 * ```
 */
export class HeapStorage<T> implements Storage<T> {
  readonly #heap: Entry<T>[] = []
  readonly #compare: (a: T, b: T) => number
  readonly #owner: string
  #pushed = 0

  /** @param owner named in errors about the answers of `compare`. */
  constructor(compare: (a: T, b: T) => number, owner = 'PriorityQueue') {
    this.#compare = compare
    this.#owner = owner
  }

  get size(): number {
    return this.#heap.length
  }

  /** Compared with itself a value shows its own faults: the next one would be blamed for them. */
  check(value: T): void {
    this.#order(value, value)
  }

  push(value: T): void {
    if (this.#heap.length === 0) this.check(value)
    this.#up(this.#heap.length, { value, order: this.#pushed++ })
  }

  shift(): T | undefined {
    return this.#removeAt(0)
  }

  /** The last leaf by order: O(n), for only a policy that drops asks for it. */
  drop(): T | undefined {
    let worst = 0
    for (let i = 1; i < this.#heap.length; i++) {
      const order = this.#order((this.#heap[i] as Entry<T>).value, (this.#heap[worst] as Entry<T>).value)
      // Of equals the oldest goes, as in every other queue.
      if (order > 0 || (order === 0 && (this.#heap[i] as Entry<T>).order < (this.#heap[worst] as Entry<T>).order)) worst = i
    }
    return this.#removeAt(worst)
  }

  #removeAt(index: number): T | undefined {
    const size = this.#heap.length - 1
    const removed = this.#heap[index]
    const last = this.#heap[size]
    if (removed === undefined || last === undefined) return undefined
    if (removed !== last) {
      // The last leaf fills the hole, and sinks or rises to its place.
      const parent = (index - 1) >> 1
      if (index > 0 && this.#before(last, this.#heap[parent] as Entry<T>)) this.#up(index, last)
      else this.#down(index, last, size)
    }
    this.#heap.pop()
    return removed.value
  }

  #order(a: T, b: T): number {
    return answeredOrder(this.#owner, this.#compare(a, b))
  }

  #before(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#order(a.value, b.value)
    return order === 0 ? a.order < b.order : order < 0
  }

  // Both ask `compare` everything first and move then: should it throw, nothing has changed.

  #up(start: number, entry: Entry<T>): void {
    let top = start
    while (top > 0 && this.#before(entry, this.#heap[(top - 1) >> 1] as Entry<T>)) top = (top - 1) >> 1
    for (let index = start; index > top; index = (index - 1) >> 1) this.#heap[index] = this.#heap[(index - 1) >> 1] as Entry<T>
    this.#heap[top] = entry
  }

  /** @param size how many entries there will be: the last one is on its way to `start`. */
  #down(start: number, entry: Entry<T>, size: number): void {
    const path: number[] = []
    for (let index = start; ; index = path.at(-1) as number) {
      let child = 2 * index + 1
      const right = child + 1
      if (right < size && this.#before(this.#heap[right] as Entry<T>, this.#heap[child] as Entry<T>)) child = right
      if (child >= size || !this.#before(this.#heap[child] as Entry<T>, entry)) break
      path.push(child)
    }
    let hole = start
    for (const child of path) {
      this.#heap[hole] = this.#heap[child] as Entry<T>
      hole = child
    }
    this.#heap[hole] = entry
  }
}
