import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, filtering, fnAtOnce } from '@sluice/core/authoring'

const DISTINCT_UNTIL_CHANGED = /* @__PURE__ */ declare('distinctUntilChanged', () => ({ args: { same: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Leaves out values that are the same as the one handed on last.
 *
 * - **emits** the first value, then each that differs from the one emitted before it
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** one value
 * - **on failure** of `same` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-1-2-2-1-|
 *       distinctUntilChanged()
 * out   -1---2---1-|
 * ```
 *
 * @param same answers whether two values count as the same. Default `Object.is`.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 1, 2, 2, 1]).pipe(distinctUntilChanged()).to(toArray()).run() // [1, 2, 1]
 * ```
 */
export function distinctUntilChanged<A>(
  same: (previous: A, current: A) => unknown = Object.is,
  options?: StageOptions<A>,
): Operator<A, A> {
  const given = DISTINCT_UNTIL_CHANGED.read(options, { same })
  return described(DISTINCT_UNTIL_CHANGED, given, filtering<A>(
    given.name,
    () => {
      let last: { readonly value: A } | undefined
      return (value) => {
        if (last && answeredAtOnce(given.name, 'same', same(last.value, value))) return false
        last = { value }
        return true
      }
    },
    given,
  ))
}
