import { type Named, type Operator } from '@sluice/core'
import { declare, described, Held, operator, reasonOf, whole } from '@sluice/core/authoring'

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
    const tickets = upstream.tickets ?? null
    const held = new Held<A>({ capacity: Infinity, onDrop: (_value, ticket) => { stage.settle(ticket, 'absorbed') } })
    return {
      tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        if (read <= 0) return read
        held.pushAll(into, 0, read, tickets)
        into.fill(undefined as A, 0, read)
        return held.drainInto(into, tickets, Math.max(0, held.size - count))
      },
      close(outcome) {
        if (outcome.status === 'completed') held.dropAll()
        else held.giveBack(reasonOf(outcome))
      },
    }
  }))
}
