import { OptionError, type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, filtering, maybeFnAtOnce, ms, whole } from '@sluice/core/authoring'

const DISTINCT = /* @__PURE__ */ declare('distinct', () => ({ options: { maxKeys: whole().maybe(), ttlMs: ms().maybe(), key: maybeFnAtOnce, onError: decision } }), { drops: 'chosen' })

/** Options of {@link distinct}: at least one of the two bounds is required. */
export interface DistinctOptions<A> extends StageOptions<A> {
  /** Keys remembered at most; beyond that the one learnt first is forgotten. */
  readonly maxKeys?: number | undefined
  /** How long a key is remembered from its first sight, in ms. */
  readonly ttlMs?: number | undefined
  /** What makes two values the same. Default: the value itself, compared as a Map does. */
  readonly key?: ((value: A) => unknown) | undefined
}

/**
 * Leaves out values that were seen before, within a bound.
 *
 * - **emits** each value whose key is not remembered
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** keys: at most `maxKeys`, or those of the last `ttlMs`
 * - **on failure** of `key` as `onError` says
 * - **on abort** nothing is in flight
 *
 * A key that was forgotten passes again. Use both bounds where the rate is not known.
 *
 * ```marble
 * in    -a-b-a-c-|
 *       distinct({ maxKeys: 100 })
 * out   -a-b---c-|
 * ```
 *
 * @param options `maxKeys`, `ttlMs`, `key`, `name`, `onError`.
 * @throws OptionError where an option is wrong or no bound is given.
 *
 * @example
 * ```ts
 * await from(['a', 'b', 'a', 'c']).pipe(distinct({ maxKeys: 100 })).to(toArray()).run() // ['a', 'b', 'c']
 * ```
 */
export function distinct<A>(options: DistinctOptions<A>): Operator<A, A> {
  const given = DISTINCT.read(options)
  const { maxKeys, ttlMs, key } = given
  if (maxKeys === undefined && ttlMs === undefined) {
    throw new OptionError('distinct', 'maxKeys', undefined, 'given, or ttlMs: what is remembered has to be bounded')
  }
  return described(DISTINCT, given, filtering<A>(
    given.name,
    (stage) => {
      const { clock } = stage.scope
      /** Key and time of its first sight; a Map keeps them in that order, so the oldest are in front. */
      const seen = new Map<unknown, number>()
      return (value) => {
        const id = key ? answeredAtOnce(given.name, 'key', key(value)) : value
        const now = ttlMs === undefined ? 0 : clock.now()
        if (ttlMs !== undefined) {
          for (const [old, at] of seen) {
            if (now - at < ttlMs) break
            seen.delete(old)
          }
        }
        if (seen.has(id)) return false
        if (seen.size === maxKeys) seen.delete(seen.keys().next().value)
        seen.set(id, now)
        return true
      }
    },
    given,
  ))
}
