import { type Operator, type Source, type Pullable } from '@sluice/core'
import { declare, described, DONE, operator, type Outlet, type Tickets } from '@sluice/core/authoring'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const CONCAT_WITH = /* @__PURE__ */ declare('concatWith', () => ({}), {})

/**
 * Hands on the values of this source, then those of the others, one source after the other.
 *
 * - **emits** the values of each source in order
 * - **holds back** when downstream does
 * - **completes** when the last source has completed
 * - **buffers** nothing; each source is opened only when the one before has completed
 * - **on failure** of a source, fails, and the sources after it are never opened
 * - **on abort** the source it is at is closed
 *
 * ```marble
 * in     -1-2-|
 * other  -a-b-|
 *        concatWith(other)
 * out    -1-2--a-b-|
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { concatWith, from, toArray } from 'sluice'
 *
 * await from([1, 2]).pipe(concatWith([3], [4, 5])).to(toArray()).run() // [1, 2, 3, 4, 5]
 * ```
 */
export function concatWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, A | B[number]>
export function concatWith<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, A | ValuesOf<P>[number]>
export function concatWith<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = CONCAT_WITH.read(options)
  const sources = sourcesOf('concatWith', inputs)
  return described(CONCAT_WITH, given, succeeding<unknown>(given.name, sources), sources)
}

/** The operator behind `concat` and `concatWith`. */
export function succeeding<T>(name: string, others: readonly Source<T>[]): Operator<T, T> {
  return operator<T, T>(name, (upstream, stage) => {
    let outlet: Outlet<T> = upstream
    let next = 0
    // Whether a source gives tickets shows when it is opened, and that is later: so there are always some.
    const tickets: Tickets = []
    return {
      tickets,
      pull(into, limit) {
        let count = outlet.pull(into, limit)
        while (count === DONE) {
          const source = others[next++]
          // A stop begins no further source.
          if (source === undefined || (stage.scope.stopping && !stage.forItem)) return DONE
          tickets.length = 0
          outlet = stage.open<T>(source, stage.wake, 'source')
          count = outlet.pull(into, limit)
        }
        // Holes too, where a consumer may have moved something here.
        if (outlet.tickets || tickets.length > 0) for (let i = 0; i < count; i++) tickets[i] = outlet.tickets?.[i]
        stage.dry = outlet.dry === true
        return count
      },
    }
  })
}
