/** So many marks are kept. */
const MOST = 64

/** When some values were put, and how many of them are still held. */
export interface LiveMark {
  readonly at: number
  live: number
  /** The mark that stands for this one now. */
  into: LiveMark | undefined
}

/**
 * When the values that are in a queue were put, where they leave in another order: each value keeps the mark of its batch.
 *
 * ```text
 *   marks    1.0 ms: 2 live    1.5: none    1.9: 5     the oldest is the first with a live value
 * ```
 *
 * Full, every second mark goes into the one before it: its values then seem to be somewhat older than they are.
 */
export class LiveMarks {
  #marks: LiveMark[] = []

  /** A mark for values that are put at `time`, later than all before; whoever keeps it with a value counts that. */
  add(time: number): LiveMark {
    if (this.#marks.length === MOST) this.#makeRoom()
    const mark: LiveMark = { at: time, live: 0, into: undefined }
    this.#marks.push(mark)
    return mark
  }

  /** When the oldest value that is held was put; undefined where none has a mark. */
  oldest(): number | undefined {
    return this.#marks.find(({ live }) => live > 0)?.at
  }

  #makeRoom(): void {
    const live = this.#marks.filter((mark) => mark.live > 0)
    if (live.length <= MOST / 2) {
      this.#marks = live
      return
    }
    this.#marks = live.filter((_mark, i) => i % 2 === 0)
    this.#marks.forEach((mark, i) => {
      const next = live[2 * i + 1]
      if (next === undefined) return
      mark.live += next.live
      next.into = mark
    })
  }
}

/** A value with this mark has left. */
export function unmark(mark: LiveMark): void {
  let standsFor = mark
  while (standsFor.into !== undefined) standsFor = standsFor.into
  standsFor.live--
}
