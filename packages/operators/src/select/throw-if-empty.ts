import { type Operator } from '@sluice/core'
import { callable, DONE, operator } from '@sluice/core/authoring'

/** A source had no value where at least one was expected. */
export class EmptyError extends Error {
  override readonly name: string = 'EmptyError'
  readonly code = 'SLUICE_EMPTY'
}

/**
 * Fails where there is no value.
 *
 * - **emits** each value
 * - **holds back** when downstream does
 * - **completes** when the source completes after at least one value
 * - **buffers** nothing
 * - **on failure** fails with what `makeError` answers where the source completes without a value
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    ---|
 *       throwIfEmpty()
 * out   ---X
 * ```
 *
 * @param makeError called once where it is needed. Default: an {@link EmptyError}.
 * @throws OptionError where `makeError` is no function.
 *
 * @example
 * ```ts
 * await from([1]).pipe(throwIfEmpty(() => new Error('no order today'))).to(toArray()).run() // [1]
 * ```
 */
export function throwIfEmpty<A>(makeError?: () => unknown): Operator<A, A> {
  if (makeError !== undefined) callable('throwIfEmpty', 'makeError', makeError)
  return operator<A, A>('throwIfEmpty', (upstream, stage) => {
    let isEmpty = true
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const count = upstream.pull(into, limit)
        if (count > 0) isEmpty = false
        if (count !== DONE || !isEmpty) return count
        throw makeError ? makeError() : new EmptyError(`${stage.name}: the source completed without a value`)
      },
    }
  })
}
