import { from, empty, type Source, type Pullable } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { merging } from './merge-with'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const MERGE = /* @__PURE__ */ declare('merge', () => ({}), { order: 'changed' })

/**
 * One source of the values of several, whichever has some. In `pipe` the same is `mergeWith`.
 *
 * - **emits** values as they come; inputs that always have values take turns, each with its share of what is wanted
 * - **holds back** every input when downstream does
 * - **completes** when all inputs have completed; at once where there is none
 * - **buffers** nothing
 * - **on failure** of one input, values of the others that are there are delivered, the others are closed, and the
 *   run fails
 * - **on abort** all inputs are closed
 *
 * ```marble
 * a      -1---2---3-|
 * b      ---a---b-|
 *        merge(a, b)
 * out    -1-a-2-b-3-|
 * ```
 *
 * @param inputs anything `from` takes; after them `{ name }`, if you like.
 * @throws OptionError where one of `inputs` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { count } from '@sluice/core'
 * import { merge } from '@sluice/operators'
 *
 * await merge([1, 3], [2, 4], ['a']).to(count()).run() // 5
 * ```
 */
export function merge<B extends readonly unknown[]>(...inputs: Pullables<B>): Source<B[number]>
export function merge<P extends readonly Pullable<unknown>[]>(...inputs: InputsThenOptions<P>): Source<ValuesOf<P>[number]>
export function merge(...args: readonly unknown[]): Source<unknown> {
  const { inputs, options } = apart(args)
  const given = MERGE.read(options)
  const [source, ...others] = sourcesOf('merge', inputs, 'inputs')
  if (source === undefined) return empty(options)
  return others.length === 0 ? from(source, options) : source.pipe(described(MERGE, given, merging(given.name, others), others))
}
