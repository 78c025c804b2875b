import { type Operator, type Source, type Pullable } from '@sluice/core'
import { declare, described, DONE, PENDING } from '@sluice/core/authoring'
import type { Input } from '../inputs/input'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { tuples } from './tuples'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const ZIP_WITH = /* @__PURE__ */ declare('zipWith', () => ({}), { drops: 'chosen' })

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
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, range, toArray, zipWith } from 'sluice'
 *
 * await from(['a', 'b']).pipe(zipWith(range(1))).to(toArray()).run() // [['a', 1], ['b', 2]]
 * ```
 */
export function zipWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]>
export function zipWith<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, [A, ...ValuesOf<P>]>
export function zipWith<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = ZIP_WITH.read(options)
  const sources = sourcesOf('zipWith', inputs)
  return described(ZIP_WITH, given, zipped<A, [A, ...unknown[]]>(given.name, sources), sources)
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
