/** How much may pass in how much time: the same fields, checks and defaults wherever there is a rate. */
export interface Rate {
  /** Tokens that come back every `perMs`: a whole number of at least 1. */
  readonly count: number
  /** In ms, above 0. Default 1,000: `count` is per second. */
  readonly perMs?: number | undefined
  /** Tokens that may be taken at once after a rest: a whole number of at least 1. Default `count`. */
  readonly burst?: number | undefined
}

/** A {@link Rate} that was checked. */
export interface CheckedRate extends Rate {
  readonly perMs: number
}

// A waiter that was told to come back in d ms may, after rounding, come 2^-40 ms early. A nanosecond is early enough.
const ROUNDING_MS = 1e-6

/**
 * A token bucket as arithmetic: no timer, no queue, one number, O(1).
 *
 * It keeps the moment at which the bucket will be full again. Taking tokens moves that moment away; time comes to it
 * by itself, so nothing has to be refilled.
 *
 * ```text
 *              ├────── burst · msPerToken ──────┤
 *   ───────────┼───────────┼────────────────────┼──────▶ time
 *             now        fullAt        the furthest fullAt may be
 *              ├── missing ┤──── tokens ────────┤          (all in ms per token)
 * ```
 *
 * The times it is asked about come from a clock that never goes back: see `steadyClock`.
 *
 * Invariants: tokens(now) ≤ burst; over any stretch of t ms at most burst + t / msPerToken tokens are taken, as long as
 * `take` is called only when `waitMs` answered 0.
 *
 * @example
 * const bucket = new TokenBucket({ count: 10, perMs: 1_000 })
 * if (bucket.waitMs(1, clock.now()) === 0) bucket.take(1, clock.now())
 */
export class TokenBucket {
  #msPerToken: number
  #burst: number
  #fullAt = -Infinity

  /** Starts full. The rate is taken as it is: check it first. */
  constructor(rate: CheckedRate) {
    this.#msPerToken = rate.perMs / rate.count
    this.#burst = rate.burst ?? rate.count
  }

  get burst(): number {
    return this.#burst
  }

  /** How many tokens it holds at `now`; below 0 after a take of more than there was. */
  tokens(now: number): number {
    return this.#burst - Math.max(0, this.#fullAt - now) / this.#msPerToken
  }

  /** True when everything that was taken has come back: the bucket is as good as new. */
  isFull(now: number): boolean {
    return this.#fullAt - now <= ROUNDING_MS
  }

  /**
   * In how many ms `cost` tokens will be there; 0 means now.
   *
   * A cost above the burst would wait for ever, so it waits for a full bucket instead, and `take` leaves a debt. It only
   * gets here when the burst was lowered behind somebody who was waiting already.
   */
  waitMs(cost: number, now: number): number {
    const wait = this.#fullAt - now + (Math.min(cost, this.#burst) - this.#burst) * this.#msPerToken
    return wait <= ROUNDING_MS ? 0 : wait
  }

  /** Takes `cost` tokens. Ask `waitMs` first. */
  take(cost: number, now: number): void {
    this.#fullAt = Math.max(now, this.#fullAt) + cost * this.#msPerToken
  }

  /** Goes on at another rate with the tokens it holds, as far as the new burst has room for them. */
  setRate(rate: CheckedRate, now: number): void {
    const tokens = this.tokens(now)
    this.#msPerToken = rate.perMs / rate.count
    this.#burst = rate.burst ?? rate.count
    this.#fullAt = now + Math.max(0, this.#burst - tokens) * this.#msPerToken
  }
}
