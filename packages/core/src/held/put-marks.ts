/** So many marks are kept. */
const MOST = 64

/**
 * When the values that are in a queue were put, as of which of them: a mark for each batch, and not one for each value.
 *
 * ```text
 *   values   [ 40 41 42 43 44 45 46 47 48 ]      40 went out last
 *   marks      38@1.0 ms   43@1.5   47@1.9       so 41, the oldest, was put at 1.0 ms
 * ```
 *
 * Full, it forgets every second mark: a value then seems to be as old as one that was put somewhat earlier. The first mark stays.
 */
export class PutMarks {
  readonly #numbers: number[] = []
  readonly #times: number[] = []

  /** Values were put at `time`, later than all before: the first of them is the `number`-th of all, and `out` have left. */
  add(number: number, time: number, out: number): void {
    if (this.#numbers.length === MOST) this.#makeRoom(out)
    this.#numbers.push(number)
    this.#times.push(time)
  }

  /** When the oldest value was put, where `out` values have gone before it; undefined where no mark tells. */
  oldest(out: number): number | undefined {
    return this.#times[this.#current(out)]
  }

  #current(out: number): number {
    let at = 0
    while (at + 1 < this.#numbers.length && (this.#numbers[at + 1] as number) <= out) at++
    return at
  }

  #makeRoom(out: number): void {
    const current = this.#current(out)
    this.#numbers.splice(0, current)
    this.#times.splice(0, current)
    const { length } = this.#numbers
    if (length <= MOST / 2) return
    for (let i = 1; i * 2 < length; i++) {
      this.#numbers[i] = this.#numbers[i * 2] as number
      this.#times[i] = this.#times[i * 2] as number
    }
    this.#numbers.length = this.#times.length = Math.ceil(length / 2)
  }
}
