import { type Named, type Operator, type Outcome } from '@sluice/core'
import { declare, described, fn, operator } from '@sluice/core/authoring'

const TAP_END = /* @__PURE__ */ declare('tapEnd', () => ({ args: { look: fn } }), {})

/**
 * Calls a function once when this stage has ended, however it ended.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** `look` is called with `{ status: 'failed', error }`
 * - **on abort**, and when the consumer wants no more, with `{ status: 'cancelled', reason }`
 *
 * The run waits for what `look` answers before it settles; what it throws fails the run, or is kept beside the failure.
 *
 * ```marble
 * in    -1-|
 *       tapEnd(({ status }) => console.log(status))
 * out   -1-|
 * ```
 *
 * @param look gets the outcome; may be asynchronous.
 * @param options `name`.
 * @throws OptionError where `look` is no function.
 *
 * @example
 * ```ts
 * let ended = ''
 * await from([1, 2]).pipe(tapEnd(({ status }) => { ended = status })).to(toArray()).run() // [1, 2]
 * await Promise.resolve(ended) // 'completed'
 * ```
 */
export function tapEnd<A>(look: (outcome: Outcome) => unknown, options?: Named): Operator<A, A> {
  const given = TAP_END.read(options, { look })
  return described(TAP_END, given, operator<A, A>(given.name, (upstream) => ({
    tickets: upstream.tickets,
    pull: (into, limit) => upstream.pull(into, limit),
    close: look,
  })))
}
