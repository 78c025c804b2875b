import { asyncOperator, DONE, PENDING, type Openable, type Operator, type Outlet, type Stage } from '@sluice/core'
import type { Range } from './ranges'

/** A range of the left side with the parts of it the right side knows, in order; none where it knows nothing. */
export interface Joined<L, R> {
  readonly left: Range<L>
  readonly parts: readonly { readonly start: number; readonly end: number; readonly facts: R }[]
}

/** Rows each side reads ahead at most. */
const AHEAD = 256

/**
 * Joins two sources of ascending ranges by overlap, in one sweep: neither side is ever in memory as a whole.
 *
 * ```text
 *   left   |---- a ----|      |-- b --|
 *   right     |-- x --|-- y ---|          a: x, y   b: y
 * ```
 *
 * - **emits** one value per left range, when the right side has been read past its end
 * - **holds back** both sides when downstream does
 * - **completes** when the left side has completed; the right side is closed then
 * - **buffers** up to 256 rows of each side, and the parts of the range at hand
 */
export function joinRanges<L, R>(right: Openable<Range<R>>): Operator<Range<L>, Joined<L, R>> {
  return asyncOperator<Range<L>, Joined<L, R>>('join', (left, stage) => {
    const lefts = new Cursor<Range<L>>(stage, left)
    const rights = new Cursor<Range<R>>(stage, right)
    let parts: Joined<L, R>['parts'][number][] = []

    /** True when the parts of `range` are complete; false when more of the right side is needed. */
    const collect = (range: Range<L>): boolean => {
      for (;;) {
        const state = rights.look()
        if (state === PENDING) return false
        const other = state === DONE ? undefined : rights.current
        if (other === undefined || other.start > range.end) return true
        const start = Math.max(range.start, other.start)
        const end = Math.min(range.end, other.end)
        if (start <= end) parts.push({ start, end, facts: other.facts })
        // One that reaches further belongs to the next left range as well.
        if (other.end > range.end) return true
        rights.next()
      }
    }

    return {
      pull(into, limit) {
        let count = 0
        while (count < limit) {
          const state = lefts.look()
          if (state < 0) return count > 0 ? count : state
          const range = lefts.current as Range<L>
          if (!collect(range)) break
          lefts.next()
          into[count++] = { left: range, parts }
          parts = []
        }
        return count > 0 ? count : PENDING
      },
    }
  })
}

/** One side of the join: the row at hand, and the batch it came in. */
class Cursor<T> {
  readonly #outlet: Outlet<T>
  readonly #batch: T[] = []
  #at = 0
  #count = 0
  #state = 1

  constructor(stage: Stage, source: Openable<T>) {
    this.#outlet = stage.open(source)
  }

  /** 1: `current` is there. PENDING: a wake will follow. DONE: there is nothing more. */
  look(): number {
    if (this.#at < this.#count) return 1
    if (this.#state === DONE) return DONE
    this.#state = this.#outlet.pull(this.#batch, AHEAD)
    this.#at = 0
    this.#count = Math.max(0, this.#state)
    return Math.min(1, this.#state)
  }

  get current(): T | undefined {
    return this.#at < this.#count ? this.#batch[this.#at] : undefined
  }

  next(): void {
    this.#at++
  }
}
