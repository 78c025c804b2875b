import { type Named, from, type Operator, type Pullable } from '@sluice/core'
import { declare, described, fn } from '@sluice/core/authoring'
import { succession } from './succession'

const CATCH_ERROR = /* @__PURE__ */ declare('catchError', () => ({ args: { select: fn } }), {})

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
 * @param options `name`.
 * @throws OptionError where `select` is no function.
 *
 * @example
 * ```ts
 * await failing(new Error('gone')).pipe(catchError(() => [8, 9])).to(toArray()).run() // [8, 9]
 * ```
 */
export function catchError<A, B = never>(select: (error: unknown) => Pullable<B>, options?: Named): Operator<A, A | B> {
  const given = CATCH_ERROR.read(options, { select })
  return described(CATCH_ERROR, given, succession<A, B>(given.name, () => {
    let asked = false
    return ({ failed, error }) => {
      if (!failed || asked) return undefined
      asked = true
      return { source: from(select(error)) }
    }
  }))
}
