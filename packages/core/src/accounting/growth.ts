/** So many calls are looked at together: what changes more slowly than that is no matter of how many are under way. */
const EPOCH = 64
/** Fewer calls, or calls that all began beside as many others, tell nothing. */
const ENOUGH = 20
const SPREAD = 4
/** The slope is to be so many times its own uncertainty: else it may be chance. */
const SURE = 4

/**
 * Whether calls take longer the more of them are under way: a straight line through how many there were when a call began, and how long it took.
 *
 * The line is drawn inside of each epoch of 64 calls and its slope averaged over all, so that a service which becomes slower by itself is not taken for one
 * that has too many callers. At full speed a stage has as many calls out as may be, and only its beginning, or another bound, shows other numbers:
 * then the slope is unsure, and nothing is told.
 */
export class Growth {
  /** The shortest call. */
  least = Infinity
  #count = 0
  #levels = 0
  #times = 0
  #levels2 = 0
  #both = 0
  #times2 = 0
  /** The same of all epochs that are over, each about its own means. */
  readonly #past = { count: 0, epochs: 0, levels: 0, times: 0, levels2: 0, both: 0, times2: 0 }

  /** A call took `ms`, and with it there were `level` under way when it began. */
  add(level: number, ms: number): void {
    if (ms < this.least) this.least = ms
    this.#count++
    this.#levels += level
    this.#times += ms
    this.#levels2 += level * level
    this.#both += level * ms
    this.#times2 += ms * ms
    if (this.#count === EPOCH) this.#fold()
  }

  /** By what part a call takes longer where one per cent more are under way: 0 where that makes no difference, 1 where twice as many take twice as long. */
  read(): number | null {
    if (this.#count >= EPOCH / 4) this.#fold()
    const { count, epochs, levels, times, levels2, both, times2 } = this.#past
    if (count < ENOUGH || levels2 < SPREAD || times <= 0) return null
    const slope = both / levels2
    const rest = Math.max(0, times2 - slope * both)
    const uncertainty = Math.sqrt(rest / Math.max(1, count - epochs - 1) / levels2)
    return slope > SURE * uncertainty ? Math.min(1, (slope * levels) / times) : 0
  }

  #fold(): void {
    const past = this.#past
    const n = this.#count
    past.count += n
    past.epochs++
    past.levels += this.#levels
    past.times += this.#times
    past.levels2 += this.#levels2 - (this.#levels * this.#levels) / n
    past.both += this.#both - (this.#levels * this.#times) / n
    past.times2 += this.#times2 - (this.#times * this.#times) / n
    this.#count = this.#levels = this.#times = this.#levels2 = this.#both = this.#times2 = 0
  }
}
