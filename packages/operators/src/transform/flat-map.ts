import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, expanding, fn, Rehearsal } from '@sluice/core/authoring'

const FLAT_MAP = /* @__PURE__ */ declare('flatMap', () => ({ args: { project: fn }, options: { onError: decision } }), { drops: 'chosen' })

const rehearsal = /* @__PURE__ */ new Rehearsal(() => flatMap((value) => [value]))

/**
 * Turns each value into any number of values, and hands those on one after the other.
 *
 * - **emits** what the iterable of each value holds, in order, as it is asked for
 * - **holds back** when downstream does: an endless iterable is fine
 * - **completes** when the source has completed and the last iterable is used up
 * - **buffers** the one iterator it is at, nothing else
 * - **on failure** of `project` or of the iterable as `onError` says; values before it are delivered first
 * - **on abort** the iterator it is at is closed (`return`)
 *
 * For inner sources that take time see `concatMap` and `mergeMap`.
 *
 * ```marble
 * in    -ab-----c-|
 *       flatMap(text => text)
 * out   -(a-b)---c-|
 * ```
 *
 * @param project answers an array or another iterable; called once per value, when the ones before are used up.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(['a b', 'c']).pipe(flatMap((line) => line.split(' '))).to(toArray()).run() // ['a', 'b', 'c']
 * ```
 */
export function flatMap<A, B>(project: (value: A) => Iterable<B>, options?: StageOptions<A>): Operator<A, B> {
  const given = FLAT_MAP.read(options, { project })
  rehearsal.later()
  return described(FLAT_MAP, given, expanding<A, B>(given.name, () => project, given))
}
