import type { Clock } from '../contract/clock'
import { OptionError } from '../errors'
import { finiteNumber, wholeNumber, wholeOrInfinite } from '../options'
import type { LimitRules } from './gate'
import type { Rate } from './token-bucket'
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

/** A rate that can work. */
export function checkRate(owner: string, option: string, rate: Rate): Rate {
  if (typeof rate !== 'object' || (rate as unknown) === null) {
    throw new OptionError(owner, option, rate, 'an object with count and perMs')
  }
  wholeNumber(owner, `${option}.count`, rate.count)
  if (finiteNumber(owner, `${option}.perMs`, rate.perMs) === 0) {
    throw new OptionError(owner, `${option}.perMs`, rate.perMs, 'above 0')
  }
  if (rate.burst !== undefined) wholeNumber(owner, `${option}.burst`, rate.burst)
  return rate
}

/** Checks the figures of one gate; `prefix` says where they stand. */
export function checkRules(owner: string, rules: LimitRules, prefix = ''): LimitRules {
  if (rules.concurrency !== undefined) wholeOrInfinite(owner, `${prefix}concurrency`, rules.concurrency)
  if (rules.rate !== undefined) checkRate(owner, `${prefix}rate`, rules.rate)
  return rules
}

/** Checks the figures for each key. */
export function checkKeyed(owner: string, rules: LimitRules): LimitRules {
  if (typeof rules !== 'object' || (rules as unknown) === null) {
    throw new OptionError(owner, 'keyed', rules, 'an object with concurrency, rate or both')
  }
  return checkRules(owner, rules, 'keyed.')
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
