/**
 * Values that came together, handed out as they are asked for.
 *
 * ```text
 *   [handed out …|waiting …]      let go of as a whole, with the last of them
 *                 └ #at
 * ```
 */
export class Held<T> {
  #values: readonly T[] = []
  #at = 0

  get isEmpty(): boolean {
    return this.#at === this.#values.length
  }

  /** Only while it is empty. */
  hold(values: readonly T[]): void {
    this.#values = values
    this.#at = 0
  }

  /** Writes at most `limit` of them into `into`; answers how many. */
  take(into: T[], limit: number): number {
    const values = this.#values
    const count = Math.min(limit, values.length - this.#at)
    for (let i = 0; i < count; i++) into[i] = values[this.#at++] as T
    if (this.#at === values.length) this.clear()
    return count
  }

  clear(): void {
    this.hold([])
  }
}
