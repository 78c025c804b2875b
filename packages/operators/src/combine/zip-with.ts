import { type Operator, type Source } from '@sluice/core'
import { DONE, PENDING } from '@sluice/core/authoring'
import type { Input } from '../inputs/input'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { tuples } from './tuples'

/**
 * Puts the first values of all inputs together, then the second ones, and so on.
 *
 * - **emits** a tuple when each input has given a value for it
 * - **holds back** every input when downstream does, and those that are ahead of the slowest
 * - **completes** when any input has ended and its values are used up; the others are closed then
 * - **buffers** one value of each input. The others are asked before the source, so nothing of the source is read in vain
 *   where another input is known to have ended
 * - **on failure** of an input, complete tuples are delivered first
 * - **on abort** all inputs are closed; values without a partner go back, as they do at the end (their tickets are nacked)
 *
 * ```marble
 * in     -1--2-----3-|
 * other  ---a-b-c-|
 *        zipWith(other)
 * out    ---A-B----C|      A = [1, 'a'], B = [2, 'b'], C = [3, 'c']
 * ```
 *
 * @param others anything `from` takes.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, range, toArray, zipWith } from 'sluice'
 *
 * await from(['a', 'b']).pipe(zipWith(range(1))).to(toArray()).run() // [['a', 1], ['b', 2]]
 * ```
 */
export function zipWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]> {
  return zipped<A, [A, ...B]>('zipWith', sourcesOf('zipWith', others))
}

/** The operator behind `zip` and `zipWith`. */
export function zipped<A, T extends readonly unknown[]>(name: string, others: readonly Source<unknown>[]): Operator<A, T> {
  return tuples<A, T>(name, { others, gather: (inputs) => {
    let answer = 1
    for (let i = inputs.length - 1; i >= 0; i--) {
      const input = inputs[i] as Input<unknown>
      if (input.fill()) continue
      if (input.ended) return DONE
      answer = PENDING
    }
    return answer
  } })
}
