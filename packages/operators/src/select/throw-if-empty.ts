import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, maybeFn, operator } from '@sluice/core/authoring'

const THROW_IF_EMPTY = /* @__PURE__ */ declare('throwIfEmpty', () => ({ args: { makeError: maybeFn } }), {})

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
 * @param options `name`.
 * @throws OptionError where `makeError` is no function.
 *
 * @example
 * ```ts
 * await from([1]).pipe(throwIfEmpty(() => new Error('no order today'))).to(toArray()).run() // [1]
 * ```
 */
export function throwIfEmpty<A>(makeError?: () => unknown, options?: Named): Operator<A, A> {
  const given = THROW_IF_EMPTY.read(options, { makeError })
  return described(THROW_IF_EMPTY, given, operator<A, A>(given.name, (upstream, stage) => {
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
  }))
}
