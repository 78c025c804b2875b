import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, mapping } from '@sluice/core/authoring'

const MAP = /* @__PURE__ */ declare('map', () => ({ args: { project: fn }, options: { onError: decision } }), {})

/**
 * Turns each value into another.
 *
 * - **emits** the result of `project`, one for one
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of `project` as `onError` says; by default the values before it are delivered, then the run fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-|
 *       map(n => n * 10)
 * out   -10-20-30-|
 * ```
 *
 * @param project called once per value that is wanted, never ahead.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(map((n) => n * 10)).to(toArray()).run() // [10, 20]
 * ```
 */
export function map<A, B>(project: (value: A) => B, options?: StageOptions<A>): Operator<A, B> {
  const given = MAP.read(options, { project })
  return described(MAP, given, mapping<A, B>(given.name, () => project, given))
}
