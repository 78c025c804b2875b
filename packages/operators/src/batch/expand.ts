import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, operator } from '@sluice/core/authoring'
import { extrapolation } from './extrapolation'

const EXPAND = /* @__PURE__ */ declare('expand', () => ({ args: { extrapolate: fn }, options: { onError: decision } }), { holds: 1 })

/**
 * Gives a fast consumer something while its source has nothing new: what an iterator makes of the last value.
 *
 * - **emits** the first of each value's iterator; then the next of it as often as downstream asks while the source has
 *   no newer value. One at a time, so that nobody is handed what is outdated already
 * - **holds back** when downstream does; a value is read when something is asked for, never ahead
 * - **completes** when the source completes; an iterator that has come to its end waits for the next value
 * - **buffers** the last value and its iterator
 * - **on failure** of `extrapolate` or of the iterator as `onError` says: `skip` waits for the next value
 * - **on abort** the iterator is closed (`return`), as it is when a newer value comes
 *
 * A consumer that never waits is never done with an endless iterator: put what sets its pace, such as a sink that
 * awaits a frame or a tick, right after it.
 *
 * ```marble
 * in    a-------b-----|
 *       expand(repeatedly)
 * out   a-a-a-a-b-b-b-|
 * ```
 *
 * It is no recursion, as the operator of this name in RxJS is.
 *
 * @param extrapolate answers an array or another iterable, endless or not; called once per value.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const frames = expand(function* (position: number) {
 *   for (;;) yield position++
 * })
 * await interval(1).pipe(frames, take(1)).to(toArray()).run() // [0]
 * await from([1, 2]).pipe(expand((n) => [n, n])).to(toArray()).run() // [1, 2]
 * ```
 */
export function expand<A, B>(extrapolate: (value: A) => Iterable<B>, options?: StageOptions<A>): Operator<A, B> {
  const given = EXPAND.read(options, { extrapolate })
  const { name, onError } = given
  return described(EXPAND, given, operator<A, B>(name, (upstream, stage) => extrapolation(upstream, stage, extrapolate, onError), { name }))
}
