import { type Operator, type Source, type Pullable } from '@sluice/core'
import { asyncOperator, declare, described, type Outlet, PENDING, type Tickets } from '@sluice/core/authoring'
import { ticketsOf } from '../inputs/input'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const RACE_WITH = /* @__PURE__ */ declare('raceWith', () => ({}), { drops: 'surplus' })

/**
 * Hands on the values of the source that is first to give one; the others are closed.
 *
 * - **emits** the values of the first source to give a value or to end. Where several could, the earlier one in the list
 *   wins, this source before the others
 * - **holds back** when downstream does
 * - **completes** when the winner does: a source that ends without a value wins, too
 * - **buffers** nothing
 * - **on failure** of the winner, values before it are delivered first; a source that fails first has won
 * - **on abort** all sources that are open are closed
 *
 * ```marble
 * in     ---1-2-|
 * other  -a---b-c-|
 *        raceWith(other)
 * out    -a---b-c-|
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, never, raceWith, toArray } from 'sluice'
 *
 * await never().pipe(raceWith(from([1, 2]))).to(toArray()).run() // [1, 2]
 * ```
 */
export function raceWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, A | B[number]>
export function raceWith<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, A | ValuesOf<P>[number]>
export function raceWith<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = RACE_WITH.read(options)
  const sources = sourcesOf('raceWith', inputs)
  return described(RACE_WITH, given, racing<unknown>(given.name, sources), sources)
}

/** The operator behind `race` and `raceWith`. */
export function racing<T>(name: string, others: readonly Source<T>[]): Operator<T, T> {
  return asyncOperator<T, T>(name, (upstream, stage) => {
    let runners = [upstream, ...others].map((source) => stage.open<T>(source))
    const tickets: Tickets | null = ticketsOf(runners)
    let winner: Outlet<T> | undefined

    /** Asks each of them until one has an answer. */
    const start = (into: T[], limit: number): number => {
      for (const runner of runners) {
        const count = runner.pull(into, limit)
        if (count === PENDING) continue
        winner = runner
        for (const loser of runners) if (loser !== runner) void loser.close({ status: 'cancelled', reason: undefined })
        runners = []
        return count
      }
      return PENDING
    }

    return {
      tickets,
      pull(into, limit) {
        const count = winner ? winner.pull(into, limit) : start(into, limit)
        if (tickets) for (let i = 0; i < count; i++) tickets[i] = winner?.tickets?.[i]
        stage.dry = winner?.dry === true
        return count
      },
    }
  })
}
