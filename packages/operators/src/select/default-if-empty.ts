import { type Named, type Operator } from '@sluice/core'
import { declare, described, DONE, operator } from '@sluice/core/authoring'

const DEFAULT_IF_EMPTY = /* @__PURE__ */ declare('defaultIfEmpty', () => ({}), {})

/**
 * Puts a value in the place of none.
 *
 * - **emits** each value; `value` where the source completes without one
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    ---|
 *       defaultIfEmpty(0)
 * out   ---(0|)
 * ```
 *
 * @param value what comes instead.
 * @param options `name`.
 *
 * @example
 * ```ts
 * await empty<number>().pipe(defaultIfEmpty(0)).to(toArray()).run() // [0]
 * ```
 */
export function defaultIfEmpty<A, B = A>(value: B, options?: Named): Operator<A, A | B> {
  const given = DEFAULT_IF_EMPTY.read(options)
  return described(DEFAULT_IF_EMPTY, given, operator<A, A | B>(given.name, (upstream, stage) => {
    let isEmpty = true
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const count = upstream.pull(into as A[], limit)
        if (count > 0) isEmpty = false
        if (count !== DONE || !isEmpty) return count
        isEmpty = false
        into[0] = value
        stage.made(1)
        if (upstream.tickets) upstream.tickets[0] = undefined
        return 1
      },
    }
  }))
}
