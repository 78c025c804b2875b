import type { Operator, Pullable } from '@sluice/core'
import { sourcesOf } from '../inputs/sources'
import { succession } from './succession'

/**
 * Has other sources in reserve, for when the one before fails.
 *
 * - **emits** the values of the source; after a failure those of the next in reserve
 * - **holds back** when downstream does
 * - **completes** when the source that is being read completes; the rest of the reserve is never opened
 * - **buffers** nothing
 * - **on failure** of the last in reserve, fails with its error
 * - **on abort** the source that is open is closed
 *
 * ```marble
 * in       -1-X
 * reserve      -1-2-|
 *          fallback(reserve)
 * out      -1--1-2-|
 * ```
 *
 * @param reserve anything `from` takes, in the order of preference.
 * @throws TypeError where one of them is none of that.
 *
 * @example
 * ```ts
 * await failing(new Error('primary')).pipe(fallback(['replica'])).to(toArray()).run() // ['replica']
 * ```
 */
export function fallback<A, B = never>(...reserve: Pullable<B>[]): Operator<A, A | B> {
  const sources = sourcesOf<B>('fallback', reserve, 'reserve')
  return succession<A, B>('fallback', () => {
    let at = 0
    return ({ failed }) => {
      const source = failed ? sources[at++] : undefined
      return source && { source }
    }
  })
}
