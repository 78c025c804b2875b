import { from, type Operator, type Pullable } from '@sluice/core'
import { callable } from '@sluice/core/authoring'
import { succession } from './succession'

/**
 * Goes on with another source when this one fails.
 *
 * - **emits** the values of the source, and after a failure those of what `select` answers
 * - **holds back** when downstream does
 * - **completes** when the source that is being read completes
 * - **buffers** nothing
 * - **on failure** of `select`, or of the source it answered, fails: it is asked once
 * - **on abort** the source that is open is closed
 *
 * ```marble
 * in    -1-X
 *       catchError(() => [8, 9])
 * out   -1-8-9-|
 * ```
 *
 * @param select gets the error, answers anything `from` takes. To let the error pass, throw it.
 * @throws OptionError where `select` is no function.
 *
 * @example
 * ```ts
 * await failing(new Error('gone')).pipe(catchError(() => [8, 9])).to(toArray()).run() // [8, 9]
 * ```
 */
export function catchError<A, B = never>(select: (error: unknown) => Pullable<B>): Operator<A, A | B> {
  callable('catchError', 'select', select)
  return succession<A, B>('catchError', () => {
    let asked = false
    return ({ failed, error }) => {
      if (!failed || asked) return undefined
      asked = true
      return { source: from(select(error)) }
    }
  })
}
