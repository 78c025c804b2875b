import { empty, type Source } from '@sluice/core'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { zipped } from './zip-with'

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
 * @param inputs anything `from` takes.
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
export function zip<B extends readonly unknown[]>(...inputs: Pullables<B>): Source<[...B]> {
  const [source, ...others] = sourcesOf('zip', inputs, 'inputs')
  return source === undefined ? empty() : source.pipe(zipped<unknown, [...B]>('zip', others))
}
