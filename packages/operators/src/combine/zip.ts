import { type Operator } from '@sluice/core'
import { DONE, PENDING } from '@sluice/core/authoring'
import type { Input } from './input'
import type { Pullables } from './sources'
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
 *        zip(other)
 * out    ---A-B----C|      A = [1, 'a'], B = [2, 'b'], C = [3, 'c']
 * ```
 *
 * @param others anything `from` takes.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, range, toArray } from '@sluice/core'
 * import { zip } from '@sluice/operators'
 *
 * await from(['a', 'b']).pipe(zip(range(1))).to(toArray()).run() // [['a', 1], ['b', 2]]
 * ```
 */
export function zip<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]> {
  return tuples<A, [A, ...B]>('zip', { others, gather: (inputs) => {
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
