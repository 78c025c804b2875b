import { type Named, type Operator } from '@sluice/core'
import { declare, described, operator, reasonOf, type Ticket, type Tickets } from '@sluice/core/authoring'

const PAIRWISE = /* @__PURE__ */ declare('pairwise', () => ({}), { holds: 1 })

/**
 * Emits each value together with the one before it.
 *
 * - **emits** `[previous, current]` from the second value on
 * - **holds back** when downstream does
 * - **completes** when the source completes; a single value comes to nothing
 * - **buffers** one value
 * - **on failure** of the source, fails
 * - **on abort** the value held is let go
 *
 * In a tracked run a value is dealt with when both of its pairs are.
 *
 * ```marble
 * in    -1-2-----3-----|
 *       pairwise()
 * out   ---[1,2]-[2,3]-|
 * ```
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(pairwise()).to(toArray()).run() // [[1, 2], [2, 3]]
 * ```
 */
export function pairwise<A>(options?: Named): Operator<A, [previous: A, current: A]> {
  const given = PAIRWISE.read(options)
  return described(PAIRWISE, given, operator<A, [A, A]>(given.name, (upstream, stage) => {
    const values: A[] = []
    const tickets: Tickets = []
    let previous: A | undefined
    let share: Ticket | undefined
    let started = false

    return {
      tickets,
      pull(into, limit) {
        const count = upstream.pull(values, limit)
        let written = 0
        for (let i = 0; i < count; i++) {
          const value = values[i] as A
          values[i] = undefined as A
          let ticket = upstream.tickets?.[i]
          if (started) {
            // One share for this pair, one for the next.
            ticket = stage.share(ticket, 2)
            tickets[written] = stage.join([share, ticket], 2)
            into[written++] = [previous as A, value]
          }
          started = true
          previous = value
          share = ticket
        }
        return count < 0 ? count : written
      },
      close(outcome) {
        previous = undefined
        if (!started) return
        if (outcome.status === 'completed') stage.settle(share, 'absorbed')
        else share?.nack(reasonOf(outcome))
      },
    }
  }))
}
