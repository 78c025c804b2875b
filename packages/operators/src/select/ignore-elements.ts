import { type Named, type Operator } from '@sluice/core'
import { declare, described, operator } from '@sluice/core/authoring'

const IGNORE_ELEMENTS = /* @__PURE__ */ declare('ignoreElements', () => ({}), { drops: 'chosen' })

/**
 * Drops every value; only the end counts.
 *
 * - **emits** nothing
 * - **holds back** nothing: it reads while downstream wants anything
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails
 * - **on abort** nothing is in flight
 *
 * To run a pipeline for its effects use the sink `drain`.
 *
 * ```marble
 * in    -1-2-|
 *       ignoreElements()
 * out   -----|
 * ```
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(ignoreElements()).to(toArray()).run() // []
 * ```
 */
export function ignoreElements(options?: Named): Operator<unknown, never> {
  const given = IGNORE_ELEMENTS.read(options)
  return described(IGNORE_ELEMENTS, given, operator<unknown, never>(given.name, (upstream, stage) => {
    const values: unknown[] = []
    return {
      tickets: upstream.tickets,
      pull() {
        const count = upstream.pull(values, stage.scope.scheduler.batch)
        for (let i = 0; i < count; i++) {
          stage.settle(upstream.tickets?.[i], 'absorbed')
          values[i] = undefined
        }
        return Math.min(count, 0)
      },
    }
  }))
}
