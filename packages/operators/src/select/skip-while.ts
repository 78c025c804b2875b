import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, filtering, fnAtOnce } from '@sluice/core/authoring'

const SKIP_WHILE = /* @__PURE__ */ declare('skipWhile', () => ({ args: { test: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Leaves out values until one does not pass a test; that one and all after it are handed on.
 *
 * - **emits** each value from the first on for which `test` answers something falsy
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-1-|
 *       skipWhile(n => n < 3)
 * out   -----3-1-|
 * ```
 *
 * @param test called once per value until it answers something falsy, then never again.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3, 1]).pipe(skipWhile((n) => n < 3)).to(toArray()).run() // [3, 1]
 * ```
 */
export function skipWhile<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A> {
  const given = SKIP_WHILE.read(options, { test })
  return described(SKIP_WHILE, given, filtering<A>(
    given.name,
    () => {
      let skipping = true
      return (value) => !skipping || !(skipping = Boolean(answeredAtOnce(given.name, 'test', test(value))))
    },
    given,
  ))
}
