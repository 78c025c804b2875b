import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, fnAtOnce } from '@sluice/core/authoring'
import { verdict } from './verdict'

const SOME = /* @__PURE__ */ declare('some', () => ({ args: { test: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Answers whether at least one value passes a test.
 *
 * - **emits** `true` at the first value that passes, else `false` at the end
 * - **holds back** when downstream does; it reads one value at a time, so nothing is read beyond the one that decides
 * - **completes** after it
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-
 *       some(n => n > 1)
 * out   ---(true|)
 * ```
 *
 * @param test called once per value until it answers something truthy.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(some((n) => n > 1)).to(first()).run() // true
 * ```
 */
export function some<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, boolean> {
  const given = SOME.read(options, { test })
  return described(SOME, given, verdict<A, boolean>(given.name, (value) => (answeredAtOnce(given.name, 'test', test(value)) ? { answer: true } : undefined), false, given))
}
