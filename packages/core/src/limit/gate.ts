import type { Clock } from '../contract/clock'
import type { CheckedRate, Rate } from './token-bucket'
import { TokenBucket } from './token-bucket'

/** Answer of {@link LimitGate.waitMs}: no time will do, a permit has to come back first. */
export const UNTIL_RELEASE = Infinity

/** What one gate lets through. */
export interface LimitRules {
  /** Permits held at the same time: a whole number of at least 1, or Infinity. Default Infinity. */
  readonly concurrency?: number | undefined
  /** Tokens per time; a number is so many per second. Default: no rate limit. */
  readonly rate?: Rate | number | undefined
}

/** Rules that were checked. */
export interface GateRules extends LimitRules {
  readonly rate?: CheckedRate | undefined
}

/**
 * One concurrency bound with one token bucket and the one timer its head may wait on; it knows nothing of who waits.
 *
 * Invariants: `enter` is called only when `waitMs` answered 0; at most one timer is armed, and none unless somebody
 * waits for tokens alone.
 */
export class LimitGate {
  #concurrency: number
  #bucket: TokenBucket | undefined
  #active = 0
  #cancelTimer: (() => void) | undefined
  #timerAt = 0
  readonly #clock: Clock
  readonly #onTokens: () => void

  /** `onTokens` is called when the time set with {@link wakeIn} has come. */
  constructor(rules: GateRules, clock: Clock, onTokens: () => void) {
    this.#concurrency = rules.concurrency ?? Infinity
    this.#bucket = rules.rate && new TokenBucket(rules.rate)
    this.#clock = clock
    this.#onTokens = onTokens
  }

  get concurrency(): number {
    return this.#concurrency
  }

  set concurrency(concurrency: number) {
    this.#concurrency = concurrency
  }

  get active(): number {
    return this.#active
  }

  /** True when it is as good as a new one, so that nobody could tell if it were thrown away. */
  isFresh(): boolean {
    return this.#active === 0 && (this.#bucket?.isFull(this.#clock.now()) ?? true)
  }

  /** 0: enter now. A number: in so many ms there will be tokens. {@link UNTIL_RELEASE}: a permit has to come back. */
  waitMs(cost: number): number {
    if (this.#active >= this.#concurrency) return UNTIL_RELEASE
    return this.#bucket?.waitMs(cost, this.#clock.now()) ?? 0
  }

  enter(cost: number): void {
    this.#active++
    this.#bucket?.take(cost, this.#clock.now())
  }

  leave(): void {
    this.#active--
  }

  /** Another rate, from now on; undefined lifts it. Tokens in the bucket stay, as far as the new burst has room. */
  setRate(rate: CheckedRate | undefined): void {
    if (rate === undefined) this.#bucket = undefined
    else if (this.#bucket === undefined) this.#bucket = new TokenBucket(rate)
    else this.#bucket.setRate(rate, this.#clock.now())
  }

  /** Asks for one call of `onTokens` after `waitMs`, instead of any asked for before. 0 or UNTIL_RELEASE: for none. */
  wakeIn(waitMs: number): void {
    const at = this.#clock.now() + waitMs
    const armed = this.#cancelTimer !== undefined
    // The head is asked for often and seldom changes: a timer that is right already stays.
    if (armed && waitMs > 0 && Math.abs(at - this.#timerAt) < 1e-3) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (waitMs <= 0 || waitMs === UNTIL_RELEASE) return
    this.#timerAt = at
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = undefined
      this.#onTokens()
    })
  }
}
