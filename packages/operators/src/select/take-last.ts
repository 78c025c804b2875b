import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, Held, operator, reasonOf, whole } from '@sluice/core/authoring'

const TAKE_LAST = /* @__PURE__ */ declare('takeLast', () => ({ args: { count: whole(0) } }), ({ count }) => ({ drops: 'chosen', holds: count }))

/**
 * Hands on the last values only.
 *
 * - **emits** the last `count` values, in order, when the source has completed
 * - **holds back** when downstream does
 * - **completes** when they are out
 * - **buffers** at most `count` values
 * - **on failure** of the source, fails; what was held is let go, since nobody knows whether it was last
 * - **on abort** what was held is let go
 *
 * ```marble
 * in    -1-2-3-|
 *       takeLast(2)
 * out   -------(2-3|)
 * ```
 *
 * @param count how many, 0 or more.
 * @param options `name`.
 * @throws OptionError where `count` is no whole number.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(takeLast(2)).to(toArray()).run() // [2, 3]
 * ```
 */
export function takeLast<A>(count: number, options?: Named): Operator<A, A> {
  const given = TAKE_LAST.read(options, { count })
  return described(TAKE_LAST, { ...given, count }, operator<A, A>(given.name, (upstream, stage) => {
    const tickets = upstream.tickets ?? null
    const { scheduler } = stage.scope
    const values: A[] = []
    const last = new Held<A>({ capacity: Infinity })
    let ended = false

    /** Lets go of the oldest values beyond the last `count`. */
    const leave = (): void => {
      const left = last.drainInto(values, tickets, Math.max(0, last.size - count))
      if (tickets) for (let i = 0; i < left; i++) stage.settle(tickets[i], 'absorbed')
      else stage.settleCount(left, 'absorbed')
    }
    return {
      tickets,
      pull(into, limit) {
        if (!ended) {
          const read = upstream.pull(values, scheduler.batch)
          if (read > 0) {
            last.pushAll(values, 0, read, tickets)
            leave()
            values.fill(undefined as A)
          }
          if (read !== DONE) return Math.min(read, 0)
          ended = true
        }
        return last.drainInto(into, tickets, limit) || DONE
      },
      close(outcome) {
        last.giveBack(reasonOf(outcome))
      },
    }
  }))
}
