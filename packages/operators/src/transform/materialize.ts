import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, operator } from '@sluice/core/authoring'
import type { Notification } from './notification'

const MATERIALIZE = /* @__PURE__ */ declare('materialize', () => ({}), {})

/**
 * Turns values and the end into values: a failure can then be looked at, stored or sent like anything else.
 *
 * - **emits** `{ kind: 'value', value }` for each value, at the end `{ kind: 'completed' }` or `{ kind: 'failed', error }`
 * - **holds back** when downstream does
 * - **completes** after that, also when the source has failed
 * - **buffers** nothing
 * - **on failure** of the source, see above: the run does not fail
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-X
 *       materialize()
 * out   -{ kind: 'value', value: 1 }-({ kind: 'failed', error }|)
 * ```
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from([1]).pipe(materialize()).to(toArray()).run() // [{ kind: 'value', value: 1 }, { kind: 'completed' }]
 * ```
 */
export function materialize<A>(options?: Named): Operator<A, Notification<A>> {
  const given = MATERIALIZE.read(options)
  return described(MATERIALIZE, given, operator<A, Notification<A>>(given.name, (upstream, stage) => {
    const { tickets } = upstream
    const values: A[] = []
    let ended = false
    const last = (into: Notification<A>[], end: Notification<A>): number => {
      ended = true
      into[0] = end
      stage.made(1)
      if (tickets) tickets[0] = undefined
      return 1
    }
    return {
      tickets,
      pull(into, limit) {
        if (ended) return DONE
        let count: number
        try {
          count = upstream.pull(values, limit)
        } catch (error) {
          return last(into, { kind: 'failed', error })
        }
        if (count === DONE) return last(into, { kind: 'completed' })
        for (let i = 0; i < count; i++) {
          into[i] = { kind: 'value', value: values[i] as A }
          values[i] = undefined as A
        }
        return count
      },
    }
  }))
}
