import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn } from '@sluice/core/authoring'
import { conflating } from './conflation'

const CONFLATE = /* @__PURE__ */ declare('conflate', () => ({ args: { combine: fn }, options: { onError: decision } }), { holds: 1 })

/**
 * Makes one value of all that come while downstream is busy, so that a slow consumer does not hold back a fast source.
 *
 * - **emits** each value as it is while downstream keeps up; else, when downstream is ready again, what `combine` made
 *   of those that came meanwhile
 * - **holds back** never
 * - **completes** when the source has completed and what was combined is out
 * - **buffers** one value; in a tracked run also the tickets of those it was made of
 * - **on failure** of the source or of `combine`, what was combined so far is handed on first; about `combine` decides
 *   `onError`
 * - **on abort** what was combined is given up
 *
 * ```marble
 * in    1-2-3-4-----|
 *       conflate((a, b) => a + b)
 * out   1-----9-----|
 * ```
 *
 * There the consumer took as long with the 1 as 2, 3 and 4 took to come. Put it next to what is slow: a stage in
 * between that has a queue keeps up for a while. For the latest value alone see `buffer(1, { overflow: 'latest' })`.
 *
 * @param combine makes one value of what there is so far and the next one.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const highest = conflate<number>((a, b) => Math.max(a, b))
 * await range(1, 9).pipe(highest).to(last()).run() // 9
 * ```
 */
export function conflate<A>(combine: (soFar: A, value: A) => A, options?: StageOptions<A>): Operator<A, A> {
  const given = CONFLATE.read(options, { combine })
  return described(CONFLATE, given, conflating<A, A>(given.name, (value) => value, combine, given))
}
