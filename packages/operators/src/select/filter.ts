import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, filtering, fnAtOnce } from '@sluice/core/authoring'

const FILTER = /* @__PURE__ */ declare('filter', () => ({ args: { test: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Keeps the values that pass a test.
 *
 * - **emits** each value for which `test` answers something truthy
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says; by default the values before it are delivered, then the run fails
 * - **on abort** nothing is in flight
 *
 * A value that is left out counts as dealt with: its ticket is acknowledged.
 *
 * ```marble
 * in    -1-2-3-|
 *       filter(n => n % 2 === 1)
 * out   -1---3-|
 * ```
 *
 * @param test answers at once, `filterAsync` waits for promises; a type guard narrows the type downstream.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(filter((n) => n % 2 === 1)).to(toArray()).run() // [1, 3]
 * ```
 */
export function filter<A, B extends A>(test: (value: A) => value is B, options?: StageOptions<A>): Operator<A, B>
export function filter<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A>
export function filter<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A> {
  const given = FILTER.read(options, { test })
  return described(FILTER, given, filtering<A>(given.name, () => test, given))
}
