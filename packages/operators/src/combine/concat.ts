import { from, empty, type Source, type Pullable } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { succeeding } from './concat-with'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const CONCAT = /* @__PURE__ */ declare('concat', () => ({}), {})

/**
 * One source of the values of several, one source after the other. In `pipe` the same is `concatWith`.
 *
 * - **emits** the values of each source in order
 * - **holds back** when downstream does
 * - **completes** when the last source has completed; at once where there is none
 * - **buffers** nothing; each source is opened only when the one before has completed
 * - **on failure** of a source, fails, and the sources after it are never opened
 * - **on abort** the source that is being read is closed
 *
 * ```marble
 * a      -1-2-|
 * b      -a-b-|
 *        concat(a, b)
 * out    -1-2--a-b-|
 * ```
 *
 * @param inputs anything `from` takes; after them `{ name }`, if you like.
 * @throws OptionError where one of `inputs` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { toArray } from '@sluice/core'
 * import { concat } from '@sluice/operators'
 *
 * await concat([1, 2], [3], [4, 5]).to(toArray()).run() // [1, 2, 3, 4, 5]
 * ```
 */
export function concat<B extends readonly unknown[]>(...inputs: Pullables<B>): Source<B[number]>
export function concat<P extends readonly Pullable<unknown>[]>(...inputs: InputsThenOptions<P>): Source<ValuesOf<P>[number]>
export function concat(...args: readonly unknown[]): Source<unknown> {
  const { inputs, options } = apart(args)
  const given = CONCAT.read(options)
  const [source, ...others] = sourcesOf('concat', inputs, 'inputs')
  if (source === undefined) return empty(options)
  return others.length === 0 ? from(source, options) : source.pipe(described(CONCAT, given, succeeding(given.name, others), others))
}
