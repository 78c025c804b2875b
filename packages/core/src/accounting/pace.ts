/** What is timed, and how often at most: so many times in a millisecond, with so many left out between two on average. */
export interface PaceLimits {
  readonly perMs: number
  readonly mostSkipped: number
}

/** A timed cycle has three readings of 54 ns, and costs about 0.4 µs. */
export const CYCLES: PaceLimits = { perMs: 8, mostSkipped: 192 }
/** A batch that is timed step by step has two readings for each stage, and costs about 2 µs. */
export const BATCHES: PaceLimits = { perMs: 2, mostSkipped: 512 }

/**
 * Decides which cycles of a stage are timed: all of them where they come slowly, and where they come by the hundred in a millisecond some, at
 * random. At equal distances, work that repeats itself would be seen always or never (with one batch of 32 heavy, one of 32 timed showed 90 % where
 * 36 % was true).
 */
export class Pace {
  readonly #isExact: boolean
  readonly #limits: PaceLimits
  /** How many cycles the one stands for that is timed next: itself, and those that are left out before it. */
  weight = 1
  #timedAt: number
  /** A generator of numbers at random: Park and Miller's, for which 31 bits do. */
  #seed = 1
  /** Cycles come so slowly that each is timed. */
  isSparse = true

  /**
   * @param isExact every cycle is timed.
   * @param limits how often cycles are timed.
   */
  constructor(isExact: boolean, now: number, limits: PaceLimits) {
    this.#isExact = isExact
    this.#limits = limits
    this.#timedAt = now
  }

  /** A cycle was timed: answers how many are left out after it. */
  timed(now: number): number {
    const passed = now - this.#timedAt
    const cycles = this.weight
    this.#timedAt = now
    this.weight = 1
    const { perMs, mostSkipped } = this.#limits
    this.isSparse = this.#isExact || cycles <= passed * perMs
    if (this.isSparse) return 0
    const mean = Math.min(passed > 0 ? cycles / (passed * perMs) : mostSkipped, mostSkipped)
    this.#seed = (this.#seed * 48271) % 2147483647
    const skip = Math.round((2 * mean * this.#seed) / 2147483647)
    this.weight += skip
    return skip
  }
}
