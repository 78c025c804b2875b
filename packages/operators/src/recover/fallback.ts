import type { Named, Operator, Pullable } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { apart } from '../inputs/apart'
import { sourcesOf } from '../inputs/sources'
import { succession } from './succession'

const FALLBACK = /* @__PURE__ */ declare('fallback', () => ({}), {})

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
export function fallback<A, B = never>(...reserve: Pullable<B>[]): Operator<A, A | B>
export function fallback<A, B = never>(...reserve: readonly [...others: Pullable<B>[], options: Named]): Operator<A, A | B>
export function fallback<A, B>(...reserve: readonly (Pullable<B> | Named)[]): Operator<A, A | B> {
  const { inputs, options } = apart(reserve)
  const given = FALLBACK.read(options)
  const sources = sourcesOf<B>('fallback', inputs, 'reserve')
  return described(FALLBACK, given, succession<A, B>(given.name, () => {
    let at = 0
    return ({ failed }) => {
      const source = failed ? sources[at++] : undefined
      return source && { source }
    }
  }), sources)
}
