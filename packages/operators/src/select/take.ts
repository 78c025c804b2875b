import type { Named, Operator } from '@sluice/core'
import { declare, described, DONE, operator, whole } from '@sluice/core/authoring'

const TAKE = /* @__PURE__ */ declare('take', () => ({ args: { count: whole(0) } }), { drops: 'chosen' })

/**
 * Hands on the first values, then ends.
 *
 * - **emits** the first `count` values
 * - **holds back** when downstream does
 * - **completes** with the last of them, or when the source completes; the source is closed at once
 * - **buffers** nothing, and asks upstream for no value that it will not hand on
 * - **on failure** of the source before that, fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-
 *       take(2)
 * out   -1-(2|)
 * ```
 *
 * @param count how many, 0 or more.
 * @param options `name`.
 * @throws OptionError where `count` is no whole number.
 *
 * @example
 * ```ts
 * await range(1).pipe(take(3)).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function take<A>(count: number, options?: Named): Operator<A, A> {
  const given = TAKE.read(options, { count })
  return described(TAKE, { ...given, count }, operator<A, A>(given.name, (upstream) => {
    let left = count
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        if (left === 0) return DONE
        const taken = upstream.pull(into, Math.min(limit, left))
        if (taken > 0) left -= taken
        return taken
      },
    }
   }))
}
