import { empty, type Source, type Pullable } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { zipped } from './zip-with'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const ZIP = /* @__PURE__ */ declare('zip', () => ({}), { drops: 'chosen' })

/**
 * One source of tuples: the first values of all inputs, then the second ones, and so on. In `pipe` the same is `zipWith`.
 *
 * - **emits** a tuple when each input has given a value for it
 * - **holds back** every input when downstream does, and those that are ahead of the slowest
 * - **completes** when any input has ended and its values are used up; the others are closed then. At once where there is none
 * - **buffers** one value of each input. Later inputs are asked before earlier ones
 * - **on failure** of an input, complete tuples are delivered first
 * - **on abort** all inputs are closed; values without a partner go back, as they do at the end (their tickets are nacked)
 *
 * ```marble
 * a      -1--2-----3-|
 * b      ---a-b-c-|
 *        zip(a, b)
 * out    ---A-B----C|      A = [1, 'a'], B = [2, 'b'], C = [3, 'c']
 * ```
 *
 * @param inputs anything `from` takes; after them `{ name }`, if you like.
 * @throws OptionError where one of `inputs` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { range, toArray } from '@sluice/core'
 * import { zip } from '@sluice/operators'
 *
 * await zip(['a', 'b'], range(1)).to(toArray()).run() // [['a', 1], ['b', 2]]
 * ```
 */
export function zip<B extends readonly unknown[]>(...inputs: Pullables<B>): Source<[...B]>
export function zip<P extends readonly Pullable<unknown>[]>(...inputs: InputsThenOptions<P>): Source<ValuesOf<P>>
export function zip(...args: readonly unknown[]): Source<unknown> {
  const { inputs, options } = apart(args)
  const given = ZIP.read(options)
  const [source, ...others] = sourcesOf('zip', inputs, 'inputs')
  return source === undefined ? empty(options) : source.pipe(described(ZIP, given, zipped<unknown, unknown[]>(given.name, others), others))
}
