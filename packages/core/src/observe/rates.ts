import type { StageRates } from '../contract/stage-stats'

/** The two averages remember so long, in ms. */
const SHORT_MS = 5_000
const LONG_MS = 60_000

/** An average of values a second in which what is older counts less and less. */
class MovingAverage {
  readonly #overMs: number
  #sum = 0
  /** What all weights come to: 1 in the long run. Divided by it, an average that has just begun is not too low. */
  #weight = 0

  constructor(overMs: number) {
    this.#overMs = overMs
  }

  /** `values` values came in `ms` ms. */
  add(values: number, ms: number): void {
    const share = 1 - Math.exp(-ms / this.#overMs)
    this.#sum += share * ((values * 1000) / ms - this.#sum)
    this.#weight += share * (1 - this.#weight)
  }

  get value(): number {
    return this.#weight > 0 ? this.#sum / this.#weight : 0
  }
}

/** One counter of a stage, as of the last reading, with its averages. */
class Counter {
  #count = 0
  readonly short = new MovingAverage(SHORT_MS)
  readonly long = new MovingAverage(LONG_MS)

  add(count: number, ms: number): void {
    // The count of what a stage took may go back: an inner source that has ended takes its own along.
    const values = Math.max(0, count - this.#count)
    this.#count = count
    this.short.add(values, ms)
    this.long.add(values, ms)
  }
}

/** What is kept of a stage between two readings. */
interface Counters {
  at: number
  readonly in: Counter
  readonly out: Counter
}

/**
 * The rates of the stages of one run, worked out when they are read: a run of which nobody asks for figures pays nothing.
 *
 * Readers do not disturb one another: each reading takes in what has come since the one before, whoever made that, and a second one at
 * the same time answers the same.
 */
export class Rates {
  readonly #stages = new WeakMap<object, Counters>()
  /** The time of the last reading: a stage that was not there then was opened after it. */
  #before: number
  #at: number

  /** @param openedAt when the run began. */
  constructor(openedAt: number) {
    this.#before = this.#at = openedAt
  }

  /** A reading begins. */
  begin(now: number): void {
    if (now <= this.#at) return
    this.#before = this.#at
    this.#at = now
  }

  /**
   * The rates of a stage.
   *
   * @param taken how many values it has taken so far.
   * @param out how many it has handed on.
   */
  of(stage: object, taken: number, out: number): StageRates {
    let counters = this.#stages.get(stage)
    if (counters === undefined) {
      counters = { at: this.#before, in: new Counter(), out: new Counter() }
      this.#stages.set(stage, counters)
    }
    const passed = this.#at - counters.at
    if (passed > 0) {
      counters.at = this.#at
      counters.in.add(taken, passed)
      counters.out.add(out, passed)
    }
    return { in5s: counters.in.short.value, out5s: counters.out.short.value, in60s: counters.in.long.value, out60s: counters.out.long.value }
  }
}

const kept = /* @__PURE__ */ new WeakMap<object, Rates>()

/** The rates of a run; there from the first reading on. */
export function ratesOf(run: object, openedAt: number): Rates {
  let rates = kept.get(run)
  if (rates === undefined) {
    rates = new Rates(openedAt)
    kept.set(run, rates)
  }
  return rates
}
