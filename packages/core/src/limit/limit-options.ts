import type { Clock } from '../contract/clock'
import { OptionError } from '../errors'
import { finiteNumber, wholeNumber, wholeOrInfinite, knownIn } from '../options'
import type { GateRules, LimitRules } from './gate'
import type { CheckedRate, Rate } from './token-bucket'
import type { WaitOptions } from '../waiting/waiting'

/** Options of {@link Limit}. At least one of `concurrency`, `rate` and `keyed` has to be there. */
export interface LimitOptions extends LimitRules {
  /** The same figures for each key by itself, on top of the shared ones. Default: keys make no difference. */
  readonly keyed?: LimitRules | undefined
  /** How many callers may wait at once, all keys together; one more is refused with a `QueueFullError`. Default 10,000. */
  readonly maxWaiting?: number | undefined
  /** Shown in errors. Default `'Limit'`. */
  readonly name?: string | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}

/** Options of {@link Limit.tryAcquire}. */
export interface CostOptions {
  /** Whose figures count. Compared as the keys of a Map are. Ignored when the limit is not keyed. */
  readonly key?: unknown
  /** How many tokens it takes from each bucket: at least 0, at most the burst. Default 1. */
  readonly cost?: number | undefined
}

/** Options of {@link Limit.acquire}. */
export interface AcquireOptions extends CostOptions, WaitOptions {}

/**
 * Checks a rate; a number is so many per second.
 *
 * @param owner who was given it.
 * @param option its name.
 * @throws OptionError where it cannot work.
 *
 * @example
 * ```ts
 * import { rateOf, TokenBucket } from '@sluice/core/authoring'
 *
 * const bucket = new TokenBucket(rateOf('mine', 'rate', { count: 5 })) // 5 per second
 * ```
 */
export function rateOf(owner: string, option: string, given: Rate | number | undefined): CheckedRate {
  if (typeof given === 'number') return { count: wholeNumber(owner, option, given), perMs: 1000 }
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw new OptionError(owner, option, given, 'a number per second, or an object with count and perMs')
  }
  knownIn(owner, option, given, ['count', 'perMs', 'burst'])
  const { count, perMs = 1000, burst } = given
  wholeNumber(owner, `${option}.count`, count)
  if (finiteNumber(owner, `${option}.perMs`, perMs) === 0) throw new OptionError(owner, `${option}.perMs`, perMs, 'above 0')
  if (burst !== undefined) wholeNumber(owner, `${option}.burst`, burst)
  return { count, perMs, burst }
}

/** Checks the figures of one gate; `prefix` says where they stand. */
export function checkRules({ concurrency, rate }: LimitRules, owner: string, prefix = ''): GateRules {
  if (concurrency !== undefined) wholeOrInfinite(owner, `${prefix}concurrency`, concurrency)
  return { concurrency, rate: rate === undefined ? undefined : rateOf(owner, `${prefix}rate`, rate) }
}

/** Checks the figures for each key. */
export function checkKeyed(owner: string, rules: LimitRules): GateRules {
  if (typeof rules !== 'object' || (rules as unknown) === null) {
    throw new OptionError(owner, 'keyed', rules, 'an object with concurrency, rate or both')
  }
  knownIn(owner, 'keyed', rules, ['concurrency', 'rate'])
  return checkRules(rules, owner, 'keyed.')
}

/** The cost of a call, checked against the burst of both buckets it has to pass: a cost above one could never pass. */
export function checkCost(owner: string, cost: number | undefined, shared: Rate | undefined, own: Rate | undefined): number {
  const tokens = cost === undefined ? 1 : finiteNumber(owner, 'cost', cost)
  const burst = Math.min(burstOf(shared), burstOf(own))
  if (tokens > burst) throw new OptionError(owner, 'cost', cost, `at most the burst, ${burst}`)
  return tokens
}

function burstOf(rate: Rate | undefined): number {
  return rate === undefined ? Infinity : (rate.burst ?? rate.count)
}
