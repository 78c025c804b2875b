/** So many looks in a millisecond cost about half a per cent. */
const LOOKS_PER_MS = 4
/** At most so many events are left out between two looks, on average. */
const MOST_SKIPPED = 512
/** What was seen before fades by so much with each look. */
const FADES = 1 - 1 / 64

/**
 * The gaps between the events of a queue that were timed: how long the queue was in which state, and how many events are left out
 * before the next gap is timed.
 *
 * ```text
 *   look ─ gap ─ look ─ · · · · left out, a random number · · · · ─ look ─ gap ─ look ─ …
 * ```
 *
 * At random: of events that repeat themselves, equal distances would see one kind and never another.
 */
export class Gaps {
  /** How long the gaps were that were timed, by the state of the queue, and all of them. */
  readonly ms: [number, number, number] = [-0, -0, -0]
  total = -0
  /** Events come so fast that some are left out. */
  isDense = false
  /** How many gaps that was. */
  #count = -0
  /** How many events came in how much time, those left out included. */
  #events = -0
  #time = -0
  /** The last look was at an event that came right after one that was left out: the gap between it and the next is timed. */
  #isTiming = false
  /** A generator of numbers at random: that of Park and Miller, for which 31 bits do. */
  #seed = 1

  /** How long a gap is on average. */
  get mean(): number {
    return this.#count > 0 ? this.total / this.#count : 0
  }

  /**
   * An event was looked at; answers how many are left out after it.
   *
   * @param state that of the queue since the event before.
   * @param passed the time since the last look.
   * @param unseen how many events were left out since.
   */
  looked(state: number, passed: number, unseen: number): number {
    this.#events = this.#events * FADES + 1 + unseen
    this.#time = this.#time * FADES + passed
    if (!this.#isTiming) {
      this.#isTiming = true
      return 0
    }
    const { ms } = this
    ms[0] *= FADES
    ms[1] *= FADES
    ms[2] *= FADES
    ms[state] = (ms[state] as number) + passed
    this.total = this.total * FADES + passed
    this.#count = this.#count * FADES + 1
    // Two looks for each gap that is timed.
    const mean = Math.min(MOST_SKIPPED, (2 * this.#events) / (this.#time * LOOKS_PER_MS) - 2)
    this.isDense = mean >= 1
    if (!this.isDense) return 0
    this.#isTiming = false
    this.#seed = (this.#seed * 48271) % 2147483647
    return Math.round((2 * mean * this.#seed) / 2147483647)
  }
}
