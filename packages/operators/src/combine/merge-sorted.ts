import { type Operator, type Pullable, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, fn } from '@sluice/core/authoring'
import { SortedInputs } from './sorted-inputs'
import { sourcesOf } from '../inputs/sources'

const MERGE_SORTED = /* @__PURE__ */ declare('mergeSorted', () => ({ args: { compare: fn }, options: { onError: decision } }), {})

/**
 * Merges sorted sources into one that is sorted.
 *
 * - **emits** the smallest of the values that come next, as `compare` has it; equal ones in the order of the sources
 * - **holds back** every source but the one whose value has gone out. It waits until each source has given a value or has
 *   ended, since the smallest might still come
 * - **completes** when all sources have completed
 * - **buffers** one value of each source
 * - **on failure** of a source, the values before it are delivered first. Where `compare` throws, or answers no number,
 *   `onError` decides about the value that was to be put in its place
 * - **on abort** all sources are closed; the values held go back (their tickets are nacked)
 *
 * ```marble
 * in     -1---4-5-|
 * other  --2-3---6-|
 *        mergeSorted([other], (a, b) => a - b)
 * out    --1-2-3-4-5-6-|
 * ```
 *
 * @param others anything `from` takes, in an array, each sorted by `compare`. What is not sorted comes out as it comes.
 * @param compare below 0 where `a` comes before `b`, above 0 where it comes after, 0 where it makes no difference.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong; TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, mergeSorted, toArray } from 'sluice'
 *
 * await from([1, 4]).pipe(mergeSorted([[2, 3], [0, 5]], (a, b) => a - b)).to(toArray()).run() // [0, 1, 2, 3, 4, 5]
 * ```
 */
export function mergeSorted<A>(
  others: readonly Pullable<A>[],
  compare: (a: A, b: A) => number,
  options?: StageOptions<A>,
): Operator<A, A> {
  const sources = sourcesOf<A>('mergeSorted', others)
  const given = MERGE_SORTED.read(options, { compare })
  const { name, onError } = given
  return described(MERGE_SORTED, given, asyncOperator<A, A>(name, (upstream, stage) => new SortedInputs<A>([upstream, ...sources], stage, compare, onError)), sources)
}
