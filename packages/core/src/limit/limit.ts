import { brand, LIMIT } from '../copies/brand'
import { registerPart, type PartFigures } from '../copies/parts'
import { OptionError, QueueFullError } from '../errors'
import { optionsOf } from '../options'
import { systemClock } from '../time/clock'
import { steadyClock } from '../time/steady-clock'
import { LimitAdmission } from './admission'
import type { LimitRules } from './gate'
import type { AcquireOptions, CostOptions, LimitOptions } from './limit-options'
import { checkCost, checkKeyed, checkRules, rateOf } from './limit-options'
import { wholeOrInfinite } from '../options'
import type { Permit } from './permit'
import { checkWait } from '../waiting/wait-in-line'
import type { CheckedRate, Rate } from './token-bucket'

/**
 * How much may go on at once and how much may start per time, shared by whoever holds it and adjustable while in use.
 *
 * Callers of one key are served in the order they came, keys take turns, and a key that is held back by its own figures
 * holds back no other. An idle limit holds no timer; one that is waited for holds one, and one more for each key that
 * waits for tokens of its own.
 *
 * @example
 * const limit = new Limit({ concurrency: 20, keyed: { rate: { count: 5, perMs: 1_000 } } })
 * const page = await limit.run(() => fetch(url), { key: url.host })
 */
export class Limit {
  readonly name: string
  readonly #maxWaiting: number
  readonly #admission: LimitAdmission
  #rate: CheckedRate | undefined

  /** Throws an `OptionError` when an option cannot work, or when nothing is limited. */
  constructor(options: LimitOptions) {
    // In the constructor: a class with a computed member is kept in every bundle.
    brand(this, LIMIT)
    const given = optionsOf('Limit', options, ['concurrency', 'rate', 'keyed', 'maxWaiting', 'name', 'clock'])
    this.name = given.name ?? 'Limit'
    const { concurrency, rate } = checkRules(given, this.name)
    const keyed = given.keyed && checkKeyed(this.name, given.keyed)
    if (concurrency === undefined && rate === undefined && keyed === undefined) {
      throw new OptionError(this.name, 'concurrency', undefined, 'given, or rate, or keyed')
    }
    this.#maxWaiting = wholeOrInfinite(this.name, 'maxWaiting', given.maxWaiting ?? 10_000, 0)
    this.#rate = rate
    this.#admission = new LimitAdmission({ concurrency, rate }, keyed, steadyClock(given.clock ?? systemClock))
    if (given.name !== undefined) registerPart(this, 'limit', given.name, Limit.#figures)
  }

  static #figures(this: void, limit: Limit): PartFigures {
    const { concurrency } = limit
    return {
      size: null, capacity: null, weight: null, maxWeight: null,
      waiting: limit.waiting, active: limit.active, concurrency: concurrency === Infinity ? null : concurrency, isClosed: false,
    }
  }

  /** Permits that are out. */
  get active(): number {
    return this.#admission.gate.active
  }

  /** Callers that wait. */
  get waiting(): number {
    return this.#admission.waiting
  }

  /** Keys it remembers: those in use, and those whose bucket is not full again yet. 0 when it is not keyed. */
  get keys(): number {
    return this.#admission.lanes.size
  }

  /** How many permits may be out at once; Infinity when that is not limited. */
  get concurrency(): number {
    return this.#admission.gate.concurrency
  }

  /** More: callers that wait are let in at once. Fewer: takes effect as permits come back. Throws an `OptionError`. */
  set concurrency(concurrency: number) {
    this.#admission.gate.concurrency = wholeOrInfinite(this.name, 'concurrency', concurrency)
    this.#admission.admit()
  }

  /** The shared rate; undefined when there is none. */
  get rate(): CheckedRate | undefined {
    return this.#rate
  }

  /**
   * Another shared rate from now on, a number per second or a {@link Rate}; undefined lifts it. Throws an `OptionError`.
   *
   * Tokens that are there stay there, up to the new burst. A caller that waits for more than the new burst is let in
   * when the bucket is full, and the next ones wait until its debt is paid.
   */
  setRate(rate: Rate | number | undefined): void {
    this.#rate = rate === undefined ? undefined : rateOf(this.name, 'rate', rate)
    this.#admission.gate.setRate(this.#rate)
    this.#admission.admit()
  }

  /** Other figures for each key from now on, O(keys). Throws an `OptionError`, also when the limit is not keyed. */
  setKeyed(rules: LimitRules): void {
    if (this.#admission.lanes.rules === undefined) {
      throw new OptionError(this.name, 'keyed', undefined, 'given when the limit is made')
    }
    this.#admission.setKeyed(checkKeyed(this.name, rules))
  }

  /**
   * A permit if one is free now and nobody waits for it, else undefined. Never waits.
   *
   * Throws an `OptionError` when `cost` is above the burst.
   */
  tryAcquire(options?: CostOptions): Permit | undefined {
    return this.#admission.tryEnter(options?.key, this.#cost(options))
  }

  /**
   * Waits for a permit: first come first served among callers of one key, keys in turns.
   *
   * Rejects with an `OptionError` (a cost above the burst), a `TimeoutError`, the signal's reason, or a
   * `QueueFullError` when `maxWaiting` callers wait already. Whoever gives up has taken nothing, and the next moves up.
   */
  acquire(options?: AcquireOptions): Promise<Permit> {
    try {
      checkWait(this.name, options)
      const cost = this.#cost(options)
      const permit = this.#admission.tryEnter(options?.key, cost)
      if (permit !== undefined) return Promise.resolve(permit)
      if (this.waiting < this.#maxWaiting) return this.#admission.wait(options?.key, cost, this.name, options)
      throw new QueueFullError(`${this.name}: ${this.#maxWaiting} callers wait already`)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Does `work` under a permit and gives it back whatever came of it. Waits and rejects as {@link acquire} does.
   *
   * @example
   * const body = await limit.run(() => download(url), { signal })
   */
  async run<R>(work: () => R | PromiseLike<R>, options?: AcquireOptions): Promise<R> {
    const permit = await this.acquire(options)
    try {
      return await work()
    } finally {
      permit.release()
    }
  }

  #cost(options: CostOptions | undefined): number {
    return checkCost(this.name, options?.cost, this.#rate, this.#admission.lanes.rules?.rate)
  }
}

/** A {@link Limit} as an option takes it: of this copy of Sluice or of another one. Structural, for a class with private fields is not. */
export type LimitLike = Pick<Limit, keyof Limit>
