import { type Named, type Operator } from '@sluice/core'
import { declare, described, fn, operator } from '@sluice/core/authoring'

const TAP_ERROR = /* @__PURE__ */ declare('tapError', () => ({ args: { look: fn } }), {})

/**
 * Calls a function when the source fails, and lets the failure pass.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source calls `look`, then fails with the source's error; what `look` throws is kept beside it, in
 *   `run.failure.suppressed`
 * - **on abort** nothing is called
 *
 * ```marble
 * in    -1-X
 *       tapError(error => console.error(error))
 * out   -1-X
 * ```
 *
 * @param look gets the error.
 * @param options `name`.
 * @throws OptionError where `look` is no function.
 *
 * @example
 * ```ts
 * const errors: unknown[] = []
 * const source = failing(new Error('gone')).pipe(tapError((error) => errors.push(String(error))), catchError(() => errors))
 * await source.to(toArray()).run() // ['Error: gone']
 * ```
 */
export function tapError<A>(look: (error: unknown) => unknown, options?: Named): Operator<A, A> {
  const given = TAP_ERROR.read(options, { look })
  return described(TAP_ERROR, given, operator<A, A>(given.name, (upstream, stage) => ({
    tickets: upstream.tickets,
    pull(into, limit) {
      try {
        return upstream.pull(into, limit)
      } catch (error) {
        try {
          look(error)
        } catch (other) {
          // The source's error is what the run rejects with; this one is kept beside it.
          stage.linger(Promise.reject(other))
        }
        throw error
      }
    },
  })))
}
