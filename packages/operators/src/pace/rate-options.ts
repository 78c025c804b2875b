import { type Rate, type StageOptions } from '@sluice/core'
import { answeredNumber, callable, decision, finiteNumber, maybeFnAtOnce, number, rule } from '@sluice/core/authoring'

/** How fast values may pass, and what each of them counts for. */
export interface RateOptions<A> extends StageOptions<A> {
  /** Tokens per second, a whole number of at least 1, or a {@link Rate}. A value takes one token, or as many as `cost` says. */
  readonly rate?: Rate | number | undefined
  /** What a value costs, at least 0 and at most the burst. Default 1. */
  readonly cost?: number | ((value: A) => number) | undefined
  /** Whose rate counts: each key has its own. Compared as the keys of a Map are. Default: one for all values. */
  readonly key?: ((value: A) => unknown) | undefined
}

/** How options of a rate are declared. What a rate is, `rateOf` checks. */
export const rateRules = () => ({
  rate: rule<Rate>('a number per second, or an object with count and perMs', () => true).maybe(),
  cost: rule<number>('a finite number of at least 0, or a function', (value) => typeof value === 'function' || number().test(value)).maybe(),
  key: maybeFnAtOnce,
  onError: decision,
})

/** Checks what is asked of each value; answers the cost as a function. */
export function checkCost<A>(owner: string, { cost = 1, key }: RateOptions<A>, burst: number): (value: A) => number {
  if (key !== undefined) callable(owner, 'key', key)
  if (typeof cost === 'function') return (value) => answeredNumber(owner, 'cost', cost(value), 0, burst)
  finiteNumber(owner, 'cost', cost, 0, burst)
  return () => cost
}
