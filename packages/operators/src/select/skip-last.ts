import { type Named, type Operator } from '@sluice/core'
import { declare, described, operator, reasonOf, RingBuffer, type Ticket, whole } from '@sluice/core/authoring'

const SKIP_LAST = /* @__PURE__ */ declare('skipLast', () => ({ args: { count: whole(0) } }), ({ count }) => ({ drops: 'chosen', holds: count }))

/**
 * Leaves out the last values.
 *
 * - **emits** each value once `count` more have come
 * - **holds back** when downstream does
 * - **completes** when the source completes; what is held then is dropped
 * - **buffers** `count` values
 * - **on failure** of the source, fails; what was held is let go
 * - **on abort** what was held is let go
 *
 * ```marble
 * in    -1-2-3-4-|
 *       skipLast(2)
 * out   -----1-2-|
 * ```
 *
 * @param count how many, 0 or more.
 * @param options `name`.
 * @throws OptionError where `count` is no whole number.
 *
 * @example
 * ```ts
 * await from([1, 2, 3, 4]).pipe(skipLast(2)).to(toArray()).run() // [1, 2]
 * ```
 */
export function skipLast<A>(count: number, options?: Named): Operator<A, A> {
  const given = SKIP_LAST.read(options, { count })
  return described(SKIP_LAST, { ...given, count }, operator<A, A>(given.name, (upstream, stage) => {
    const { tickets } = upstream
    const held = new RingBuffer<A>(count + 1)
    const heldTickets = new RingBuffer<Ticket | undefined>(count + 1)
    return {
      tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        let written = 0
        for (let i = 0; i < read; i++) {
          held.push(into[i] as A)
          heldTickets.push(tickets?.[i])
          into[i] = undefined as A
          if (held.size <= count) continue
          into[written] = held.shift() as A
          const ticket = heldTickets.shift()
          if (tickets) tickets[written] = ticket
          written++
        }
        return read < 0 ? read : written
      },
      close(outcome) {
        held.clear()
        for (; !heldTickets.isEmpty; ) {
          const ticket = heldTickets.shift()
          if (outcome.status === 'completed') stage.settle(ticket, 'absorbed')
          else ticket?.nack(reasonOf(outcome))
        }
      },
    }
  }))
}
