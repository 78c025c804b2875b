import type { Named, Operator } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { withNotifier } from './with-notifier'
import type { Notifier } from './notifier'

const SKIP_UNTIL = /* @__PURE__ */ declare('skipUntil', () => ({}), { drops: 'surplus' })

/**
 * Drops values until the notifier speaks.
 *
 * - **emits** each value that comes after `notifier` has spoken (the first value of a source, an abort of a signal, a
 *   promise that resolves)
 * - **holds back** when downstream does; until it begins it reads and drops
 * - **completes** when the source completes
 * - **buffers** nothing; dropped values are counted
 * - **on failure** of the notifier, fails; one that ends without a word changes nothing
 * - **on abort** stops listening; a notifier that is a source is closed
 *
 * ```marble
 * in        -1-2-3-4-|
 * notifier  ----x
 *           skipUntil(notifier)
 * out       -----3-4-|
 * ```
 *
 * @param notifier a source or anything `from` takes, an AbortSignal, a promise.
 * @param options `name`.
 * @throws TypeError where it is none of these.
 *
 * @example
 * ```ts
 * const ready = new AbortController()
 * ready.abort()
 * await range(0, 3).pipe(skipUntil(ready.signal)).to(toArray()).run() // [0, 1, 2]
 * ```
 */
export function skipUntil<A>(notifier: Notifier, options?: Named): Operator<A, A> {
  const given = SKIP_UNTIL.read(options)
  return described(SKIP_UNTIL, given, withNotifier<A>('skipUntil', given.name, notifier, (upstream, state, stage) => (into, limit) => {
    const count = upstream.pull(into, limit)
    // The notifier may speak inside that pull: what the pull answers is handed on then.
    if (state.hasSpoken || count < 0) return count
    for (let i = 0; i < count; i++) {
      stage.settle(upstream.tickets?.[i], 'dropped')
      into[i] = undefined as A
    }
    return 0
  }))
}
