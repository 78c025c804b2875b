import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE } from '@sluice/core/authoring'
import { withNotifier } from './with-notifier'
import type { Notifier } from './notifier'

const TAKE_UNTIL = /* @__PURE__ */ declare('takeUntil', () => ({}), { drops: 'surplus' })

/**
 * Hands values on until told to end.
 *
 * - **emits** each value of the source
 * - **holds back** when downstream does
 * - **completes** when `notifier` speaks (the first value of a source, an abort of a signal, a promise that resolves), or
 *   when the source completes; what a stage after it holds still comes out
 * - **buffers** nothing
 * - **on failure** of the notifier, fails; one that ends without a word changes nothing
 * - **on abort** stops listening; a notifier that is a source is closed
 *
 * It listens from its first pull on.
 *
 * ```marble
 * in        -1-2-3-4-
 * notifier  -----x
 *           takeUntil(notifier)
 * out       -1-2-|
 * ```
 *
 * @param notifier a source or anything `from` takes, an AbortSignal, a promise.
 * @param options `name`.
 * @throws TypeError where it is none of these.
 *
 * @example
 * ```ts
 * const closing = new AbortController()
 * closing.abort()
 * await range(0).pipe(takeUntil(closing.signal)).to(toArray()).run() // []
 * ```
 */
export function takeUntil<A>(notifier: Notifier, options?: Named): Operator<A, A> {
  const given = TAKE_UNTIL.read(options)
  return described(TAKE_UNTIL, given, withNotifier<A>('takeUntil', given.name, notifier, (upstream, state) => (into, limit) => (state.hasSpoken ? DONE : upstream.pull(into, limit))))
}
