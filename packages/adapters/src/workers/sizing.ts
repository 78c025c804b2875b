import type { Clock } from '@sluice/core'
import { isThreads, type Sizing, type ThreadsByLoad, type ThreadsLike } from './threads'

/** How many threads a stage should have, as its option `threads` says. `changed` is called when it is another number, from a callback. */
export function sizingOf(threads: number | Required<ThreadsByLoad> | ThreadsLike, capacity: number, clock: Clock, changed: () => void): Sizing {
  if (isThreads(threads)) {
    const close = threads.follow(changed)
    return { get count() { return threads.count }, full() {}, out() {}, close }
  }
  if (typeof threads === 'number') return { count: threads, full() {}, out() {}, close() {} }
  return new SizingByLoad(threads, capacity, clock, changed)
}

/**
 * Grows by one whenever all is full, and shrinks by one after a while in which one fewer would have done.
 *
 * Invariants: min ≤ count ≤ max; there is a timer only while count > min.
 */
class SizingByLoad implements Sizing {
  count: number
  readonly #bounds: Required<ThreadsByLoad>
  readonly #capacity: number
  readonly #clock: Clock
  readonly #changed: () => void
  /** The most items that were out at once since the timer was set. */
  #peak = 0
  #out = 0
  #cancel: (() => void) | undefined

  constructor(bounds: Required<ThreadsByLoad>, capacity: number, clock: Clock, changed: () => void) {
    this.#bounds = bounds
    this.count = bounds.min as number
    this.#capacity = capacity
    this.#clock = clock
    this.#changed = changed
  }

  full(): void {
    if (this.count >= this.#bounds.max) return
    this.count++
    this.#peak = Number.POSITIVE_INFINITY
    this.#watch()
  }

  out(items: number): void {
    this.#out = items
    if (items > this.#peak) this.#peak = items
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #watch(): void {
    this.#cancel ??= this.#clock.after(this.#bounds.idleMs as number, () => {
      this.#cancel = undefined
      const fewer = this.count - 1
      const unused = this.#peak <= fewer * this.#capacity
      // What is out now is out in the next stretch, too, though no turn may say so.
      this.#peak = this.#out
      if (unused) this.count = fewer
      if (this.count > (this.#bounds.min as number)) this.#watch()
      if (unused) this.#changed()
    })
  }
}
