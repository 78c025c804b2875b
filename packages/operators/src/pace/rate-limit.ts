import { type Operator } from '@sluice/core'
import { answeredAtOnce, asyncOperator, declare, described, rateOf, whole } from '@sluice/core/authoring'
import { checkCost, rateRules, type RateOptions } from './rate-options'
import { RateLimited } from './rate-limited'

const RATE_LIMIT = /* @__PURE__ */ declare('rateLimit', () => ({ options: { ...rateRules(), capacity: whole().or(256), maxKeys: whole().or(10_000) } }), ({ key, capacity }) => ({ order: key ? 'changed' : 'kept', holds: capacity }))

/** Options of {@link rateLimit}; `rate` is required. */
export interface RateLimitOptions<A> extends RateOptions<A> {
  /** Values that may wait at once, all keys together, 1 or more. Default 256. */
  readonly capacity?: number | undefined
  /** Keys that are remembered at once, 1 or more. Default 10,000. */
  readonly maxKeys?: number | undefined
}

/**
 * Lets the values of each key pass at a rate of its own; a key that has to wait holds back no other.
 *
 * - **emits** a value when the bucket of its key has as many tokens as it costs: in order for each key, not between keys
 * - **holds back** when `capacity` values wait, or one whose key would be one more than `maxKeys`: until the key used
 *   longest ago can be forgotten, since no value of it waits and its bucket is full again
 * - **completes** when the source has completed and the last value is out
 * - **buffers** at most `capacity` values, and one whose key is too many
 * - **on failure** of `key` or `cost` as `onError` says; of the source, the values that wait come out first, in their time
 * - **on abort** what waits is given up, and its tickets given back; one timer at most, and only while something waits
 *
 * ```marble
 * in:                                                   aaba-----|
 * rateLimit({ rate: { count: 1, perMs: 4 - }, key: (it) => it }):  a-b-a---a|
 *
 * in:                                 aaX
 * rateLimit({ rate: { count: 1, perMs: 4 - } }): a---aX
 * ```
 *
 * @param options `rate` (required: tokens per second, or `count`, `perMs` and `burst`), `key` (default: one for all), `cost` (default 1), `capacity` (default 256), `maxKeys` (default 10,000), `onError`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const polite = rateLimit<string>({ rate: { count: 1, perMs: 20 }, key: (name) => name[0] })
 * await from(['a1', 'a2', 'b1']).pipe(polite).to(toArray()).run() // ['a1', 'b1', 'a2']
 * ```
 */
export function rateLimit<A>(options: RateLimitOptions<A>): Operator<A, A> {
  const given = RATE_LIMIT.read(options)
  const { name, capacity, maxKeys, key, onError } = given
  const rate = rateOf('rateLimit', 'rate', given.rate)
  // A cost above the burst would wait for ever.
  const cost = checkCost(name, given, rate.burst ?? rate.count)
  const ask = (value: A): { key: unknown; cost: number } => ({
    key: answeredAtOnce(name, 'key', key?.(value)),
    cost: cost(value),
  })
  return described(RATE_LIMIT, given, asyncOperator<A, A>(name, (upstream, stage) => new RateLimited(upstream, stage, { rate, capacity, maxKeys, ask, onError })))
}
