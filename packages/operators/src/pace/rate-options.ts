import { OptionError, type StageOptions } from '@sluice/core'
import { answeredNumber, callable, finiteNumber, optionsOf, wholeNumber } from '@sluice/core/authoring'

/** How fast values may pass, and what each of them counts for. */
export interface RateOptions<A> extends StageOptions<A> {
  /** Tokens that come back every `perMs`, a whole number of at least 1. A value takes one, or as many as `cost` says. */
  readonly rate?: number | undefined
  /** In ms, above 0. Default 1000: `rate` is per second. */
  readonly perMs?: number | undefined
  /** Tokens that may be taken at once after a rest, a whole number of at least 1. Default: as many as `rate`. */
  readonly burst?: number | undefined
  /** What a value costs, at least 0 and at most the burst. Default 1. */
  readonly cost?: number | ((value: A) => number) | undefined
  /** Whose rate counts: each key has its own. Compared as the keys of a Map are. Default: one for all values. */
  readonly key?: ((value: A) => unknown) | undefined
}

/** A rate with its defaults filled in. */
export interface CheckedRate {
  readonly count: number
  readonly perMs: number
  readonly burst: number
}

/** Checks the figures when the pipeline is built. */
export function checkRateOptions<A>(owner: string, options: RateOptions<A>): CheckedRate {
  const { rate, perMs = 1000, burst = rate } = optionsOf(owner, options)
  const count = wholeNumber(owner, 'rate', rate)
  if (finiteNumber(owner, 'perMs', perMs) === 0) throw new OptionError(owner, 'perMs', perMs, 'above 0')
  return { count, perMs, burst: wholeNumber(owner, 'burst', burst) }
}

/** Checks what is asked of each value; answers the cost as a function. */
export function checkCost<A>(owner: string, { cost = 1, key }: RateOptions<A>, burst: number): (value: A) => number {
  if (key !== undefined) callable(owner, 'key', key)
  if (typeof cost === 'function') return (value) => answeredNumber(owner, 'cost', cost(value), 0, burst)
  finiteNumber(owner, 'cost', cost, 0, burst)
  return () => cost
}
