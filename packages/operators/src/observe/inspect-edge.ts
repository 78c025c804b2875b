import { type Operator, type Outcome, type StageOptions } from '@sluice/core'
import { decision, declare, described, DONE, fn, operator, PENDING } from '@sluice/core/authoring'

const INSPECT_EDGE = /* @__PURE__ */ declare('inspectEdge', () => ({ args: { look: fn }, options: { onError: decision } }), {})

/** What crosses an edge between two stages. `limit` is what the consumer asked for. */
export type EdgeEvent<A> =
  | { readonly kind: 'values'; readonly limit: number; readonly values: readonly A[] }
  | { readonly kind: 'pending'; readonly limit: number }
  | { readonly kind: 'done'; readonly limit: number }
  | { readonly kind: 'failed'; readonly limit: number; readonly error: unknown }
  | { readonly kind: 'closed'; readonly outcome: Outcome }

/**
 * Shows every pull that crosses this place: what was asked for and what the answer was. For whoever writes or debugs
 * stages.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** shows it; of `look` at values as `onError` says, with `skip` the last of them is left out; at anything else the run fails
 * - **on abort** shows how it was closed
 *
 * ```marble
 * in    -1-2-|
 *       inspectEdge(({ kind }) => console.log(kind))   (prints: values, values, done, closed)
 * out   -1-2-|
 * ```
 *
 * @param look gets each event; the list of values is a copy.
 * @param options `name`, `onError` (default `'fail'`).
 * @throws OptionError where `look` is no function.
 *
 * @example
 * ```ts
 * const kinds: string[] = []
 * await from([1, 2]).pipe(inspectEdge(({ kind }) => kinds.push(kind)), take(1)).to(drain()).run()
 * await Promise.resolve(kinds) // ['values', 'closed']
 * ```
 */
export function inspectEdge<A>(look: (event: EdgeEvent<A>) => unknown, options?: StageOptions<A>): Operator<A, A> {
  const given = INSPECT_EDGE.read(options, { look })
  return described(INSPECT_EDGE, given, operator<A, A>(given.name, (upstream, stage) => ({
    tickets: upstream.tickets,
    pull(into, limit) {
      let count: number
      try {
        count = upstream.pull(into, limit)
      } catch (error) {
        look({ kind: 'failed', limit, error })
        throw error
      }
      // It is shown before the last value has passed.
      if (count > 0) stage.ready = count - 1
      if (count === PENDING || count === DONE) look({ kind: count === DONE ? 'done' : 'pending', limit })
      else look({ kind: 'values', limit, values: into.slice(0, count) })
      return count
    },
    close(outcome) {
      look({ kind: 'closed', outcome })
    },
  }), given))
}
