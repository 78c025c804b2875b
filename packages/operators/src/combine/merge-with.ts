import type { Operator, Pullable, Source } from '@sluice/core'
import { asyncOperator, declare, described, DONE, type Openable, PENDING, type Puller, Rehearsal, type Stage, type Tickets } from '@sluice/core/authoring'
import { ticketsOf } from '../inputs/input'
import { Branch, RoundRobin } from '../inputs/round-robin'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const MERGE_WITH = /* @__PURE__ */ declare('mergeWith', () => ({}), { order: 'changed' })

const rehearsal = /* @__PURE__ */ new Rehearsal(() => mergeWith([1, 2]), 16)

/**
 * Hands on the values of this source and of others, whichever has some.
 *
 * - **emits** values as they come; inputs that always have values take turns, each with its share of what is wanted
 * - **holds back** every input when downstream does
 * - **completes** when all inputs have completed
 * - **buffers** nothing
 * - **on failure** of one input, values of the others that are there are delivered, the others are closed, and the
 *   run fails
 * - **on abort** all inputs are closed
 *
 * ```marble
 * in     -1---2---3-|
 * other  ---a---b-|
 *        mergeWith(other)
 * out    -1-a-2-b-3-|
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { count, from, mergeWith } from 'sluice'
 *
 * await from([1, 3]).pipe(mergeWith([2, 4], ['a'])).to(count()).run() // 5
 * ```
 */
export function mergeWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, A | B[number]>
export function mergeWith<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, A | ValuesOf<P>[number]>
export function mergeWith<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = MERGE_WITH.read(options)
  const sources = sourcesOf('mergeWith', inputs)
  return described(MERGE_WITH, given, merging<unknown>(given.name, sources), sources)
}

/** The operator behind `merge` and `mergeWith`. */
export function merging<T>(name: string, others: readonly Source<T>[]): Operator<T, T> {
  rehearsal.later()
  return asyncOperator<T, T>(name, (upstream, stage) => new Merging<T>([upstream, ...others], stage))
}

class Merging<T> implements Puller<T> {
  readonly tickets: Tickets | null
  readonly #turns: RoundRobin<T, Branch<T>>

  constructor(sources: readonly Openable<T>[], stage: Stage) {
    this.#turns = new RoundRobin<T, Branch<T>>(stage, sources.length)
    this.tickets = this.#turns.tickets = ticketsOf(sources.map((source) => new Branch<T>(this.#turns, stage, source)))
  }

  pull(into: T[], limit: number): number {
    const written = this.#turns.pull(into, 0, limit)
    if (written > 0) return written
    return this.#turns.members.size === 0 ? DONE : PENDING
  }
}
