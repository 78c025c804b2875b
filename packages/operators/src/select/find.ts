import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, fnAtOnce } from '@sluice/core/authoring'
import { verdict } from './verdict'

const FIND = /* @__PURE__ */ declare('find', () => ({ args: { test: fnAtOnce }, options: { onError: decision } }), { drops: 'chosen' })

/**
 * Looks for the first value that passes a test.
 *
 * - **emits** that value, or `undefined` at the end where there is none, as an array's `find`
 * - **holds back** when downstream does; it reads one value at a time, so nothing is read beyond the one it finds
 * - **completes** after it
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-
 *       find(n => n > 1)
 * out   ---(2|)
 * ```
 *
 * @param test called once per value until it answers something truthy; a type guard narrows the type.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(find((n) => n > 1)).to(first()).run() // 2
 * ```
 */
export function find<A, B extends A>(test: (value: A) => value is B, options?: StageOptions<A>): Operator<A, B | undefined>
export function find<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A | undefined>
export function find<A>(test: (value: A) => unknown, options?: StageOptions<A>): Operator<A, A | undefined> {
  const given = FIND.read(options, { test })
  return described(FIND, given, verdict<A, A | undefined>(given.name, (value) => (answeredAtOnce(given.name, 'test', test(value)) ? { answer: value } : undefined), undefined, given))
}
