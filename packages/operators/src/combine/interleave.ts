import { type Operator, type Pullable } from '@sluice/core'
import { asyncOperator, declare, described, DONE, PENDING } from '@sluice/core/authoring'
import { Gather } from '../inputs/gather'
import { ticketsOf } from '../inputs/input'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const INTERLEAVE = /* @__PURE__ */ declare('interleave', () => ({}), {})

/**
 * Takes one value of each source in turn, in strict order.
 *
 * - **emits** a value of this source, then one of each other, and so on: the order does not depend on who is faster
 * - **holds back** every source but the one whose turn it is
 * - **completes** when all sources have; one that has ended is passed over from then on
 * - **buffers** nothing, and reads nothing ahead: a source is asked when it is its turn
 * - **on failure** of a source, the values before it are delivered first
 * - **on abort** all sources are closed
 *
 * `merge` takes values as they come; `mergePriority` takes turns of several values, of those sources that have any.
 *
 * ```marble
 * in     -1-2-------3-|
 * other  -----a-b-|
 *        interleave(other)
 * out    -1---a-2-b-3-|
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, interleave, toArray } from 'sluice'
 *
 * await from([1, 2, 3]).pipe(interleave(['a'], ['x', 'y'])).to(toArray()).run() // [1, 'a', 'x', 2, 'y', 3]
 * ```
 */
export function interleave<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, A | B[number]>
export function interleave<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, A | ValuesOf<P>[number]>
export function interleave<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = INTERLEAVE.read(options)
  const sources = sourcesOf('interleave', inputs)
  type T = unknown
  return described(INTERLEAVE, given, asyncOperator<A, T>(given.name, (upstream, stage) => {
    /** Those that have not ended, in order. */
    const open = [upstream, ...sources].map((source) => stage.open<T>(source))
    const tickets = ticketsOf(open)
    const gather = new Gather<T>(stage, tickets)
    let turn = 0
    return {
      tickets,
      pull(into, limit) {
        let written = 0
        while (written < limit) {
          if (turn >= open.length) turn = 0
          const outlet = open[turn]
          if (outlet === undefined) return written > 0 ? written : DONE
          const count = gather.pull(outlet, into, written, 1)
          if (count === PENDING) return written > 0 ? written : PENDING
          if (count === DONE) {
            open.splice(turn, 1)
            continue
          }
          written++
          turn++
        }
        return written
      },
    }
  }), sources)
}
