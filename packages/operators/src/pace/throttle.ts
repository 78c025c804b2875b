import { Limit, OptionError, type LimitLike, type Operator } from '@sluice/core'
import { declare, described, isBranded, LIMIT, operator, rateOf, rule, words } from '@sluice/core/authoring'
import { AdjustableLimit } from './adjustable-limit'
import { checkCost, rateRules, type RateOptions } from './rate-options'
import { Throttled } from './throttled'

const THROTTLE = /* @__PURE__ */ declare('throttle', () => ({ options: { ...rateRules(), mode: words('shape', 'enforce').or('shape'), limit: rule<LimitLike>('a Limit', (value) => isBranded(value, LIMIT)).maybe() } }), {})

/** Options of {@link throttle}: `rate`, or `limit`. */
export interface ThrottleOptions<A> extends RateOptions<A> {
  /** Above the rate, `'shape'` (default) holds values back until they may pass; `'enforce'` fails, as `onError` says. */
  readonly mode?: 'shape' | 'enforce' | undefined
  /** A limit shared with others, in the place of `rate`. It has its own clock. */
  readonly limit?: LimitLike | undefined
}

/**
 * Lets values pass at a rate: a token bucket.
 *
 * - **emits** a value when the bucket has as many tokens as it costs, in order: with `key`, a value whose key has to wait
 *   holds back those after it (see {@link rateLimit} for the other way)
 * - **holds back** when downstream does, and while there are not enough tokens
 * - **completes** when the source completes
 * - **buffers** at most one value, while it waits for tokens
 * - **on failure** of `cost` or `key`, and of a value above the rate where the mode is `'enforce'`, as `onError` says: with
 *   `'skip'` such values are dropped, and the rest passes at the rate
 * - **on abort** the value that waits is given up and its ticket given back; one timer at most, and only while it waits
 *
 * ```marble
 * in:                                abcd---|
 * throttle({ rate: { count: 1, perMs: 2 - } }): a-b-c-d|
 *
 * in:                                          abcd---|
 * throttle({ rate: { count: 1, perMs: 2 -, burst: 2 } }): abc-d--|
 *
 * in:                                                 ab
 * throttle({ rate: { count: 1, perMs: 2 - }, mode: 'enforce' }): aX
 * ```
 *
 * @param options `rate` (tokens per second, or `count`, `perMs` and `burst`) or `limit`, `cost` (default 1), `key`,
 * `mode` (default `'shape'`), `onError`, `name`.
 * @throws OptionError where an option is wrong, or neither `rate` nor `limit` is given.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(throttle({ rate: { count: 100, perMs: 20 } })).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function throttle<A>(options: ThrottleOptions<A>): Operator<A, A> {
  const given = THROTTLE.read(options)
  const { name, mode, limit, key } = given
  const rate = limit === undefined ? rateOf('throttle', 'rate', given.rate) : undefined
  if (limit !== undefined && given.rate !== undefined) throw new OptionError('throttle', 'rate', given.rate, 'left out where limit is given')
  const cost = checkCost(name, given, rate === undefined ? Number.MAX_VALUE : (rate.burst ?? rate.count))
  const throttling = { cost, key, enforce: mode === 'enforce' }
  return described(THROTTLE, given, operator<A, A>(
    name,
    (upstream, stage) => {
      const rules = key === undefined ? { rate } : { keyed: { rate } }
      const own = limit ?? new Limit({ ...rules, name: stage.name, clock: stage.scope.clock })
      // A limit that others share is theirs, too.
      if (rate !== undefined) stage.adjusts(new AdjustableLimit(own, rate, key !== undefined, given.cost === undefined ? 1 : (rate.burst ?? rate.count)))
      return new Throttled(upstream, stage, own, throttling)
    },
    given,
  ))
}
