import { OptionError } from '@sluice/core'
import { answeredNumber, callable, finiteNumber } from '@sluice/core/authoring'

/** A bound on the weight of an array of values. */
export interface WeightOptions<A> {
  /** An array weighs at most this much, unless it is one value that is heavier. Default: no bound. */
  readonly maxWeight?: number | undefined
  /** What a value weighs, 0 or more: its bytes, for instance. Required with `maxWeight`; called once per value. */
  readonly weigh?: ((value: A) => number) | undefined
}

/** The options where a bound is wanted, checked; undefined where none is. */
export function checkWeight<A>(owner: string, options: WeightOptions<A>): { maxWeight: number; weigh: (value: A) => number } | undefined {
  const { maxWeight, weigh } = options
  if (maxWeight === undefined) {
    if (weigh !== undefined) throw new OptionError(owner, 'maxWeight', maxWeight, 'given where weigh is')
    return undefined
  }
  finiteNumber(owner, 'maxWeight', maxWeight, Number.MIN_VALUE)
  callable(owner, 'weigh', weigh)
  return {
    maxWeight,
    weigh: (value) => answeredNumber(owner, 'weigh', (weigh as (value: A) => number)(value)),
  }
}
