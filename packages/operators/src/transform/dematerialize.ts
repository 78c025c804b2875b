import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, operator } from '@sluice/core/authoring'
import type { Notification } from './notification'

const DEMATERIALIZE = /* @__PURE__ */ declare('dematerialize', () => ({}), { drops: 'chosen' })

/**
 * Turns what {@link materialize} made back into values and an end.
 *
 * - **emits** the value of each `{ kind: 'value' }`
 * - **holds back** when downstream does
 * - **completes** at `{ kind: 'completed' }`, or when the source completes
 * - **buffers** nothing; it reads one at a time, so nothing is read beyond the end
 * - **on failure** fails at `{ kind: 'failed' }` with its error, and when the source fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -{ kind: 'value', value: 1 }-{ kind: 'completed' }-
 *       dematerialize()
 * out   -1--------------------------|
 * ```
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(materialize(), dematerialize()).to(toArray()).run() // [1, 2]
 * ```
 */
export function dematerialize<A>(options?: Named): Operator<Notification<A>, A> {
  const given = DEMATERIALIZE.read(options)
  return described(DEMATERIALIZE, given, operator<Notification<A>, A>(given.name, (upstream, stage) => {
    const slot: (Notification<A> | undefined)[] = []
    return {
      tickets: upstream.tickets,
      pull(into) {
        const count = upstream.pull(slot as Notification<A>[], 1)
        if (count < 0) return count
        const notification = slot[0] as Notification<A>
        slot[0] = undefined
        if (notification.kind === 'value') {
          into[0] = notification.value
          return 1
        }
        stage.settle(upstream.tickets?.[0], 'absorbed')
        if (notification.kind === 'failed') throw notification.error
        return DONE
      },
    }
  }))
}
