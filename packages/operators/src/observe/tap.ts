import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, mapping } from '@sluice/core/authoring'

const TAP = /* @__PURE__ */ declare('tap', () => ({ args: { look: fn }, options: { onError: decision } }), {})

/**
 * Calls a function for each value and hands the value on unchanged.
 *
 * - **emits** each value, after `look` was called with it
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of `look` as `onError` says: with `skip` the value is left out
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-|
 *       tap(console.log)
 * out   -1-2-|
 * ```
 *
 * @param look what it answers is ignored; for a promise to be waited for use `tapAsync`.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(tap((n) => console.log(n))).to(toArray()).run() // [1, 2]
 * ```
 */
export function tap<A>(look: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A> {
  const given = TAP.read(options, { look })
  return described(TAP, given, mapping<A, A>(
    given.name,
    () => (value) => {
      look(value)
      return value
    },
    given,
  ))
}
