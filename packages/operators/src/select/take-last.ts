import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, operator, reasonOf, RingBuffer, type Ticket, whole } from '@sluice/core/authoring'

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
    const { tickets } = upstream
    const { scheduler } = stage.scope
    const values: A[] = []
    const last = new RingBuffer<A>(count)
    const held = new RingBuffer<Ticket | undefined>(count)
    let ended = false

    const keep = (value: A, ticket: Ticket | undefined): void => {
      if (count === 0) {
        stage.settle(ticket, 'absorbed')
        return
      }
      if (last.isFull) {
        last.shift()
        stage.settle(held.shift(), 'absorbed')
      }
      last.push(value)
      held.push(ticket)
    }
    return {
      tickets,
      pull(into, limit) {
        if (!ended) {
          const read = upstream.pull(values, scheduler.batch)
          for (let i = 0; i < read; i++) {
            keep(values[i] as A, tickets?.[i])
            values[i] = undefined as A
          }
          if (read !== DONE) return Math.min(read, 0)
          ended = true
        }
        const given = last.drain(into, limit)
        if (tickets) held.drain(tickets, given)
        return given > 0 ? given : DONE
      },
      close(outcome) {
        last.clear()
        const reason = reasonOf(outcome)
        while (!held.isEmpty) held.shift()?.nack(reason)
      },
    }
  }))
}
