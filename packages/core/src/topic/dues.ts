/** Something with a bound that has to be looked at when a value with a certain number comes. */
export interface Due {
  /** The number it is filed under; undefined when it is not filed. Owned by {@link TopicDues}. */
  due: number | undefined
}

const NOBODY: ReadonlySet<unknown> = new Set()

/**
 * Which subscribers have to be looked at before the value with a given number may enter: an appointment book.
 *
 * ```text
 *   47 ─▶ { b, d }     b and d had read so little when they were filed that 47 might be one too many for them
 *   52 ─▶ { a }
 *   60 ─▶ { c, e }
 * ```
 *
 * Reading only moves the true date further away, so a date that is out of date is merely too early: the subscriber is
 * filed again when its day comes. That is why publishing never looks at all subscribers, and reading does not touch
 * the book: one that keeps up is looked at once per `lag` values.
 *
 * Invariants: nobody is filed under a number below the tail; a subscriber is filed at most once.
 */
export class TopicDues<D extends Due> {
  readonly #days = new Map<number, Set<D>>()

  /** Who is filed under `number`. Filing elsewhere while iterating is fine. */
  on(number: number): ReadonlySet<D> {
    return this.#days.get(number) ?? (NOBODY as ReadonlySet<D>)
  }

  /** Files it under `number`, and nowhere else. */
  file(one: D, number: number): void {
    this.strike(one)
    one.due = number
    const day = this.#days.get(number)
    if (day === undefined) this.#days.set(number, new Set([one]))
    else day.add(one)
  }

  strike(one: D): void {
    if (one.due === undefined) return
    const day = this.#days.get(one.due)
    day?.delete(one)
    if (day?.size === 0) this.#days.delete(one.due)
    one.due = undefined
  }
}
