import { OptionError, steadyClock, type AcquireOptions, type Clock, type LimitLike } from '@sluice/core'
import { callable, finiteNumber, hasCode, isBranded, LIMIT, optionsOf, systemClock, wholeNumber } from '@sluice/core/authoring'

/** A rate is used if no more than this part of the time it allows for was needed for as many answers: 80 % of it. */
const USED = 1.25

/** Options of {@link AdaptiveRate}. */
export interface AdaptiveRateOptions {
  /** The limit that is adapted: its shared rate (`count`) where it has one, else its concurrency. */
  readonly limit: LimitLike
  /** It is never raised above this, a whole number. */
  readonly max: number
  /** It is never lowered below this, a whole number of at least 1. Default 1. */
  readonly min?: number | undefined
  /** An answer that takes longer is a sign of overload. In ms; default: only errors are. */
  readonly targetMs?: number | undefined
  /** How much it is raised by, a whole number of at least 1. Default 1. */
  readonly increase?: number | undefined
  /** What it is multiplied with to lower it, above 0 and below 1. Default 0.5. */
  readonly decrease?: number | undefined
  /** Whether an error is a sign of overload; a "not found" hardly is. Default: every error is. */
  readonly isOverload?: ((error: unknown) => boolean) | undefined
  /** Told of every change. */
  readonly onChange?: ((level: number) => void) | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}

/** What came of a piece of work. */
export interface Observation {
  /** When it began, by the clock. */
  readonly startedAt: number
  /** What it failed with, where it failed. */
  readonly failure?: { readonly error: unknown } | undefined
}

/**
 * Finds out how much a service can take: raises a {@link Limit} little by little while all goes well, and lowers it by a
 * factor when the answers are slow or fail (additive increase, multiplicative decrease, as TCP does).
 *
 * ```text
 *   level  ╱│  ╱│         raised by `increase` after as many good answers as the level is, if the limit held work back
 *     ╱│ ╱  │╱  │ ╱       lowered to `level × decrease` at a sign of overload; what began before that says nothing any
 *   ╱  │╱       │╱        more, so one bad moment counts once
 * ```
 *
 * It belongs to no run, has no timer, and may be shared by any number of pipelines.
 *
 * Invariants: `min ≤ level ≤ max`, a whole number, and what the limit was last set to.
 *
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const adaptive = new AdaptiveRate({ limit: new Limit({ concurrency: 4 }), max: 64, targetMs: 200 })
 * const call = mapAsync((n: number, { signal }) => adaptive.run(async () => n * 2, { signal }), { concurrency: 64 })
 * await from([1, 2, 3]).pipe(call).to(toArray()).run() // [2, 4, 6]
 * ```
 */
export class AdaptiveRate {
  readonly limit: LimitLike
  readonly #figures: { readonly [figure in 'min' | 'max' | 'targetMs' | 'increase' | 'decrease']: number }
  readonly #isOverload: (error: unknown) => boolean
  readonly #onChange: ((level: number) => void) | undefined
  readonly #clock: Clock
  #level: number
  /** Work that began before this says nothing of the level of now. */
  #loweredAt = -Infinity
  /** Good answers of this round; it is over when there are as many as the level is. */
  #good = 0
  #roundAt: number

  constructor(options: AdaptiveRateOptions) {
    const owner = 'AdaptiveRate'
    const { limit, min = 1, max, targetMs = Infinity, increase = 1, decrease = 0.5, isOverload = () => true, onChange, clock = systemClock } = optionsOf(owner, options, ['limit', 'min', 'max', 'targetMs', 'increase', 'decrease', 'isOverload', 'onChange', 'clock']) as AdaptiveRateOptions
    if (!isBranded(limit, LIMIT)) throw new OptionError(owner, 'limit', limit, 'a Limit')
    if (limit.rate === undefined && limit.concurrency === Infinity) {
      throw new OptionError(owner, 'limit', limit, 'a Limit with a shared rate or concurrency')
    }
    wholeNumber(owner, 'min', min)
    wholeNumber(owner, 'max', max, min)
    if (targetMs !== Infinity) finiteNumber(owner, 'targetMs', targetMs)
    wholeNumber(owner, 'increase', increase)
    if (!(finiteNumber(owner, 'decrease', decrease) > 0 && decrease < 1)) throw new OptionError(owner, 'decrease', decrease, 'above 0 and below 1')
    if (onChange !== undefined) callable(owner, 'onChange', onChange)
    this.limit = limit
    this.#figures = { min, max, targetMs, increase, decrease }
    this.#isOverload = callable(owner, 'isOverload', isOverload)
    this.#onChange = onChange
    this.#clock = steadyClock(clock)
    this.#roundAt = this.#clock.now()
    const given = limit.rate?.count ?? limit.concurrency
    this.#level = Math.min(max, Math.max(min, given))
    if (this.#level !== given) this.#apply()
  }

  /** What the limit is set to now. */
  get level(): number {
    return this.#level
  }

  /**
   * Does `work` under a permit of the limit, and learns from how long it takes and whether it fails. Waits and rejects as
   * `Limit.run` does. Work that was told to stop says nothing, unless it was told so because it took too long.
   */
  async run<R>(work: () => R | PromiseLike<R>, options?: AcquireOptions): Promise<R> {
    const permit = await this.limit.acquire(options)
    const startedAt = this.#clock.now()
    let failure: Observation['failure']
    try {
      return await work()
    } catch (error) {
      failure = { error }
      throw error
    } finally {
      const signal = options?.signal
      try {
        if (signal?.aborted !== true || hasCode(signal.reason, 'SLUICE_TIMEOUT')) this.observe({ startedAt, failure })
      } finally {
        permit.release()
      }
    }
  }

  /** Learns from work that was done without {@link run}; to be told when it is over, before its permit is given back. */
  observe({ startedAt, failure }: Observation): void {
    if (startedAt < this.#loweredAt) return
    const { min, max, targetMs, increase, decrease } = this.#figures
    const now = this.#clock.now()
    if (now - startedAt > targetMs || (failure !== undefined && this.#isOverload(failure.error))) {
      this.#loweredAt = this.#roundAt = now
      this.#good = 0
      this.#change(Math.max(min, Math.floor(this.#level * decrease)))
    } else if (this.#isUsed() && ++this.#good >= this.#level) {
      const isUsed = this.#isUsedUp(now - this.#roundAt)
      this.#roundAt = now
      this.#good = 0
      if (isUsed) this.#change(Math.min(max, this.#level + increase))
    }
  }

  /** That all goes well says nothing of more unless it is the limit that holds work back: now, for a concurrency. */
  #isUsed(): boolean {
    return this.limit.rate !== undefined || this.limit.waiting > 0 || this.limit.active >= this.#level
  }

  /** For a rate: in the round that is over. */
  #isUsedUp(roundMs: number): boolean {
    const { rate } = this.limit
    return rate === undefined || roundMs <= rate.perMs * USED
  }

  #change(level: number): void {
    if (level === this.#level) return
    this.#level = level
    this.#apply()
    this.#onChange?.(level)
  }

  #apply(): void {
    const { rate } = this.limit
    if (rate === undefined) this.limit.concurrency = this.#level
    else this.limit.setRate({ ...rate, count: this.#level })
  }
}
