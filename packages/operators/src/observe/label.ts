import { type Operator } from '@sluice/core'
import { declare, described, operator, rule } from '@sluice/core/authoring'

const LABEL = /* @__PURE__ */ declare('label', () => ({ args: { name: rule('a text that is not empty', (value) => typeof value === 'string' && value !== '') } }), {})

/**
 * Puts a name into the pipeline: a stage that does nothing, but shows in stats, graph and the path of a failure.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails; its name is in `run.failure.path`
 * - **on abort** nothing is in flight
 *
 * An operator that takes options is named by its `name` option.
 *
 * ```marble
 * in    -1-2-|
 *       label('parsed')
 * out   -1-2-|
 * ```
 *
 * @param name not empty.
 * @throws OptionError where it is no text.
 *
 * @example
 * ```ts
 * const run = from([1, 2]).pipe(label('numbers')).to(toArray()).run()
 * await run // [1, 2]
 * run.stats().stages.map(({ name }) => name).join() // 'from,numbers,toArray'
 * ```
 */
export function label<A>(name: string): Operator<A, A> {
  const given = LABEL.read({ name }, { name })
  return described(LABEL, given, operator<A, A>(name, (upstream) => ({
    tickets: upstream.tickets,
    pull: (into, limit) => upstream.pull(into, limit),
  })))
}
