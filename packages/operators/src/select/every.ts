import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, fnAtOnce } from '@sluice/core/authoring'
import { verdict } from './verdict'

const EVERY = /* @__PURE__ */ declare('every', () => ({ args: { test: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Answers whether all values pass a test.
 *
 * - **emits** `false` at the first value that does not pass, else `true` at the end
 * - **holds back** when downstream does; it reads one value at a time, so nothing is read beyond the one that decides
 * - **completes** after it
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-|
 *       every(n => n > 0)
 * out   -------(true|)
 * ```
 *
 * @param test called once per value until it answers something falsy.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(every((n) => n > 0)).to(first()).run() // true
 * ```
 */
export function every<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, boolean> {
  const given = EVERY.read(options, { test })
  return described(EVERY, given, verdict<A, boolean>(given.name, (value) => (answeredAtOnce(given.name, 'test', test(value)) ? undefined : { answer: false }), true, given))
}
