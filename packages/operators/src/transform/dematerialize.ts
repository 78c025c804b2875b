import { type Operator, type StageOptions } from '@sluice/core'
import { coded, decision, declare, described, describeValue, DONE, operator } from '@sluice/core/authoring'
import type { Notification } from './notification'

const DEMATERIALIZE = /* @__PURE__ */ declare('dematerialize', () => ({ options: { onError: decision } }), { drops: 'chosen' })

const ENDS: readonly string[] = ['completed', 'failed']

/**
 * Turns what {@link materialize} made back into values and an end.
 *
 * - **emits** the value of each `{ kind: 'value' }`
 * - **holds back** when downstream does
 * - **completes** at `{ kind: 'completed' }`, or when the source completes
 * - **buffers** nothing; it reads one at a time, so nothing is read beyond the end
 * - **on failure** fails at `{ kind: 'failed' }` with its error, which is no item's, and when the source fails. An item that is no
 *   notification goes where `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -{ kind: 'value', value: 1 }-{ kind: 'completed' }-
 *       dematerialize()
 * out   -1--------------------------|
 * ```
 *
 * @param options `onError` (default `'fail'`), `name`.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(materialize(), dematerialize()).to(toArray()).run() // [1, 2]
 * ```
 */
export function dematerialize<A>(options?: StageOptions<Notification<A>>): Operator<Notification<A>, A> {
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
        stage.item = notification
        if (typeof notification !== 'object' || (notification as unknown) === null) throw notNotification(given.name, notification)
        if (notification.kind === 'value') {
          stage.item = undefined
          into[0] = notification.value
          return 1
        }
        // From JavaScript it may be anything.
        if (!ENDS.includes(notification.kind)) throw notNotification(given.name, notification)
        stage.settle(upstream.tickets?.[0], 'absorbed')
        // Told by hand: thrown, it would go before the supervisor as a failure of this item.
        if (notification.kind === 'failed') stage.fail(notification.error, notification)
        return DONE
      },
    }
  }, { onError: given.onError }))
}

function notNotification(name: string, value: unknown): Error {
  return coded('SLUICE_VALUE', new TypeError(`${name}: expected { kind: 'value' | 'completed' | 'failed' }, got ${describeValue(value)}`))
}
