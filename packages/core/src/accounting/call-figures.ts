import type { LimitCause, StageState } from '../contract/stage'
import type { CallStats } from '../contract/stage-stats'
import type { CallCounts } from './call-counts'
import { Growth } from './growth'
import { Histogram } from './histogram'

/**
 * The calls of one stage: how many are under way, summed over time, and how long they take.
 *
 * Invariant: `inFlight` is how many were under way at the last look; a turn of the stage looks when it ends, since calls begin in turns.
 */
export class CallFigures {
  inFlight = 0
  /** When the running turn began, where it is timed: since then the calls are under way that begin in it. */
  now: number | undefined
  /** Places that were taken when the last turn ended. */
  #running = 0
  heldBy: string = 'input'
  readonly #counts: CallCounts
  #inFlightMs = -0
  #atBoundMs = -0
  #peak = 0
  /** Made with the first call that is timed. */
  #took: Histogram | undefined
  readonly #growth = new Growth()

  constructor(counts: CallCounts) {
    this.#counts = counts
  }

  isOf(counts: CallCounts): boolean {
    return counts === this.#counts
  }

  /** A turn ends, or calls have settled outside of one; with so many more as have settled just now. */
  leave(more = 0): void {
    this.#running = this.#counts.running + more
  }

  /**
   * How many calls were under way when the last turn ended?
   *
   * @param waiting calls that wait, for a permit or their next try, and for what.
   */
  look(waiting: number, rest: StageState, cause: LimitCause | undefined): void {
    const { concurrency, heldBy } = this.#counts
    this.inFlight = Math.max(0, this.#running - waiting)
    if (this.inFlight > this.#peak) this.#peak = this.inFlight
    if (this.inFlight === 0) return
    this.heldBy = this.inFlight >= concurrency ? 'slots' : cause ?? heldBy ?? (rest === 'backpressured' ? 'room' : 'input')
  }

  /** So many calls were under way for so long. */
  passed(ms: number): void {
    if (this.inFlight === 0) return
    this.#inFlightMs += this.inFlight * ms
    if (this.inFlight >= this.#counts.concurrency) this.#atBoundMs += ms
  }

  /** A call that was timed is over; with it there were `level` under way when it began. */
  took(ms: number, level: number): void {
    this.#growth.add(level, ms)
    ;(this.#took ??= new Histogram()).record(ms)
  }

  read(now: number): CallStats {
    const { started, concurrency, oldestSince } = this.#counts
    const took = this.#took
    return {
      started,
      settled: started - this.inFlight,
      inFlight: this.inFlight,
      concurrency: concurrency === Infinity ? null : concurrency,
      inFlightMs: this.#inFlightMs + 0,
      peakInFlight: this.#peak,
      atBoundMs: this.#atBoundMs + 0,
      serviceMs: took === undefined ? null : {
        count: took.count, mean: took.mean, p50: took.quantile(0.5), p95: took.quantile(0.95), p99: took.quantile(0.99), max: took.max, min: this.#growth.least, growth: this.#growth.read(),
      },
      oldestMs: this.inFlight > 0 && oldestSince !== undefined ? Math.max(0, now - oldestSince) : null,
    }
  }
}
