import { type Named, from, type Operator, type Pullable } from '@sluice/core'
import { declare, described, maybeFn } from '@sluice/core/authoring'
import { sourcesOf } from '../inputs/sources'
import { succession } from './succession'

const ON_ERROR_RESUME = /* @__PURE__ */ declare('onErrorResume', () => ({ options: { onError: maybeFn } }), {})

/** Options of {@link onErrorResume}. */
export interface OnErrorResumeOptions extends Named {
  /** Told of each failure that was passed over. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/**
 * Goes on with the next source whether the one before has completed or failed.
 *
 * - **emits** the values of each source, in order, as far as each comes
 * - **holds back** when downstream does
 * - **completes** after the last source, however it ended
 * - **buffers** nothing
 * - **on failure** of a source goes on; failures are counted at the stage that failed and told to `onError`
 * - **on abort** the source that is open is closed
 *
 * ```marble
 * in     -1-X
 * other      -2-|
 *        onErrorResume([other])
 * out    -1--2-|
 * ```
 *
 * @param others anything `from` takes.
 * @param options `onError`.
 * @throws OptionError where an option is wrong, TypeError where an input is no source.
 *
 * @example
 * ```ts
 * await from([1]).pipe(onErrorResume([failing(new Error('skipped')), [3]])).to(toArray()).run() // [1, 3]
 * ```
 */
export function onErrorResume<A, B = never>(others: readonly Pullable<B>[], options?: OnErrorResumeOptions): Operator<A, A | B> {
  const rest = sourcesOf<B>('onErrorResume', others)
  const given = ON_ERROR_RESUME.read(options)
  const { onError } = given
  return described(ON_ERROR_RESUME, given, succession<A, B>(given.name, () => {
    let at = 0
    return ({ failed, error }) => {
      if (failed) onError?.(error)
      const source = rest[at++]
      // The last one's failure is passed over as well: nothing comes after it, so it ends as if it had completed.
      return source ? { source } : failed ? { source: from([]) } : undefined
    }
  }), rest)
}
