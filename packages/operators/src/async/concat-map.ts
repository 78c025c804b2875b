import { type Operator, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, fn } from '@sluice/core/authoring'
import type { ProjectInner } from '../inputs/inner'
import { InnerMerge } from '../inputs/inner-merge'

const CONCAT_MAP = /* @__PURE__ */ declare('concatMap', () => ({ args: { project: fn }, options: { onError: decision } }), { drops: 'chosen', opens: 1 })

/**
 * Makes an inner source of each value and hands on what they give, one inner source after the other.
 *
 * - **emits** the values of each inner source, in order
 * - **holds back** the source until the inner source of the value before has completed
 * - **completes** when the source and the last inner source have completed
 * - **buffers** nothing
 * - **on failure** of `project` or of an inner source as `onError` says; a retry makes the inner source anew, from its
 *   start. Before the failure of the source, what the inner source has at hand is delivered
 * - **on abort** the inner source is closed, `signal` aborted. The ticket of a value is acknowledged when all its inner
 *   source gave was dealt with, and given back where that was cut short, by a stop as well
 *
 * ```marble
 * in     -1----2-----|
 *        concatMap((n) => inner)       inner: -n-n|
 * out    --1-1--2-2--|
 * ```
 *
 * `flatMap` is faster where `project` answers an array, `mapAsync` where it answers a promise.
 *
 * @param project gets the value and `{ signal, attempt }`; answers anything `from` takes. Called when the inner source
 * before has completed and its first value is wanted.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { concatMap, from, range, toArray } from 'sluice'
 *
 * await from([1, 2]).pipe(concatMap((n) => range(n * 10, 2))).to(toArray()).run() // [10, 11, 20, 21]
 * ```
 */
export function concatMap<A, B>(project: ProjectInner<A, B>, options?: StageOptions<A>): Operator<A, B> {
  const given = CONCAT_MAP.read(options, { project })
  const { name } = given
  return described(CONCAT_MAP, given, asyncOperator<A, B>(name, (upstream, stage) => new InnerMerge(upstream, stage, project, given, 1)))
}
