import { type Operator, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, fn, whole } from '@sluice/core/authoring'
import type { ProjectInner } from '../inputs/inner'
import { InnerMerge } from '../inputs/inner-merge'

const MERGE_MAP = /* @__PURE__ */ declare('mergeMap', () => ({ args: { project: fn }, options: { concurrency: whole(), onError: decision } }), ({ concurrency }) => ({ order: 'changed', drops: 'chosen', holds: concurrency, opens: concurrency }))

/** Options of {@link mergeMap}. */
export interface MergeMapOptions<A> extends StageOptions<A> {
  /** Inner sources open at once, 1 or more. There is no default: it is what decides about load and memory. */
  readonly concurrency: number
}

/**
 * Makes an inner source of each value and hands on what they give, several at once.
 *
 * - **emits** the values of the inner sources as they come; those that always have values take turns
 * - **holds back** the source while `concurrency` inner sources are open, and each of those when downstream does
 * - **completes** when the source and all inner sources have completed
 * - **buffers** nothing: it has read at most `concurrency` values that it is not done with
 * - **on failure** of `project` or of an inner source as `onError` says; a retry makes the inner source anew, from its
 *   start. Before the failure of the source or of an inner source, what all inner sources have at hand is delivered, and
 *   inner sources that end with that very failure, as groups of `groupBy` do, are read to their end
 * - **on abort** all inner sources are closed, each `signal` aborted. The ticket of a value is acknowledged when all its
 *   inner source gave was dealt with, and given back where that was cut short, by a stop as well
 *
 * ```marble
 * in     -1--2-----------|
 *        mergeMap((n) => inner, { concurrency: 2 })       inner: -n---n---n|
 * out    --1--2-1--2-1--2|
 * ```
 *
 * @param project gets the value and `{ signal, attempt }`; answers anything `from` takes.
 * @param options `concurrency` (required), `name`, `onError`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * import { count, from, mergeMap, range } from 'sluice'
 *
 * await from([1, 2, 3]).pipe(mergeMap((n) => range(n * 10, 2), { concurrency: 2 })).to(count()).run() // 6
 * ```
 */
export function mergeMap<A, B>(project: ProjectInner<A, B>, options: MergeMapOptions<A>): Operator<A, B> {
  const given = MERGE_MAP.read(options, { project })
  const { name, concurrency } = given
  return described(MERGE_MAP, given, asyncOperator<A, B>(name, (upstream, stage) => new InnerMerge(upstream, stage, project, given, concurrency)))
}
