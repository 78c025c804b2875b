/**
 * Where windows begin and end: window `index` begins at `index * everyMs` and lasts for `sizeMs`.
 *
 * Indices come from a division, which rounds: a time exactly on a boundary may be given to the window before it. So the
 * division is only a guess, put right by comparing the time with the same expression that ends a window. Where windows
 * lie edge to edge, one ends by the very expression by which another begins, so no value is in both, or in neither.
 *
 * ```text
 *   start(0)      start(1)      start(2)
 *   ├─────────────┼─────────────┼──────▶      tumbling: end(i) is start(i + 1)
 *   ├──────────────────┤                      sliding:  end(i) is start(i + span) where that is a whole number
 * ```
 */
export class Boundaries {
  readonly #sizeMs: number
  readonly #everyMs: number
  /** How many windows begin while one lasts; 0 where that is no whole number. */
  readonly #span: number

  constructor(sizeMs: number, everyMs: number) {
    this.#sizeMs = sizeMs
    this.#everyMs = everyMs
    const span = Math.round(sizeMs / everyMs)
    // 0.3 / 0.1 is 2.9999999999999996: the figures of the user mean 3.
    this.#span = Math.abs(sizeMs / everyMs - span) < 1e-9 * span ? span : 0
  }

  start(index: number): number {
    return index * this.#everyMs
  }

  end(index: number): number {
    return this.#span > 0 ? this.start(index + this.#span) : this.start(index) + this.#sizeMs
  }

  /** The latest window that has begun at a time. */
  begunAt(time: number): number {
    const guess = Math.floor(time / this.#everyMs)
    if (this.start(guess) > time) return guess - 1
    return this.start(guess + 1) <= time ? guess + 1 : guess
  }

  /** The earliest window that is not over at a time. */
  openAt(time: number): number {
    const guess = Math.floor((time - this.#sizeMs) / this.#everyMs) + 1
    if (this.end(guess) <= time) return guess + 1
    return this.end(guess - 1) > time ? guess - 1 : guess
  }
}
