import { type Named, type Operator } from '@sluice/core'
import { anything, declare, described, DONE, PENDING } from '@sluice/core/authoring'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { tuples } from './tuples'

const ZIP_LONGEST = /* @__PURE__ */ declare('zipLongest', () => ({ options: { fill: anything } }), {})

/** Options of {@link zipLongest}. */
export interface ZipLongestOptions<F> extends Named {
  /** Stands for the values of an input that has ended. Default `undefined`. */
  readonly fill?: F | undefined
}

/** A tuple in which any value may be missing. */
type Filled<A, B extends readonly unknown[], F> = [A | F, ...{ -readonly [K in keyof B]: B[K] | F }]

/**
 * Puts the first values of all inputs together, then the second ones, and so on until the longest has ended.
 *
 * - **emits** a tuple when each input has given a value for it or has ended
 * - **holds back** every input when downstream does, and those that are ahead of the slowest
 * - **completes** when all inputs have ended
 * - **buffers** one value of each input
 * - **on failure** of an input, complete tuples are delivered first
 * - **on abort** all inputs are closed; values of an incomplete tuple go back (their tickets are nacked)
 *
 * ```marble
 * in     -1-2-3-|
 * other  -a-|
 *        zipLongest([other], { fill: 0 })
 * out    -A-B-C-|      A = [1, 'a'], B = [2, 0], C = [3, 0]
 * ```
 *
 * @param others anything `from` takes, in an array.
 * @param options `fill` stands for what is missing; default `undefined`.
 * @throws OptionError where `others` is no array; TypeError where one of them is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, toArray, zipLongest } from 'sluice'
 *
 * await from([1, 2]).pipe(zipLongest([['a']], { fill: '-' })).to(toArray()).run() // [[1, 'a'], [2, '-']]
 * ```
 */
export function zipLongest<A, B extends readonly unknown[] | [], F = undefined>(
  others: Pullables<B>,
  options?: ZipLongestOptions<F>,
): Operator<A, Filled<A, B, F>> {
  const sources = sourcesOf('zipLongest', others)
  const given = ZIP_LONGEST.read(options)
  const { fill } = given
  return described(ZIP_LONGEST, given, tuples<A, Filled<A, B, F>>(given.name, { others: sources, fill, gather: (inputs) => {
    let answer = DONE
    let missing = false
    for (const input of inputs) {
      if (input.fill()) answer = 1
      else if (!input.ended) missing = true
    }
    return missing ? PENDING : answer
  } }), sources)
}
