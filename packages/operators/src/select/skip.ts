import { type Named, type Operator } from '@sluice/core'
import { declare, described, operator, whole } from '@sluice/core/authoring'

const SKIP = /* @__PURE__ */ declare('skip', () => ({ args: { count: whole(0) } }), { drops: 'chosen' })

/**
 * Leaves out the first values.
 *
 * - **emits** each value after the first `count`
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-|
 *       skip(2)
 * out   -----3-|
 * ```
 *
 * @param count how many, 0 or more.
 * @param options `name`.
 * @throws OptionError where `count` is no whole number.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(skip(2)).to(toArray()).run() // [3]
 * ```
 */
export function skip<A>(count: number, options?: Named): Operator<A, A> {
  const given = SKIP.read(options, { count })
  return described(SKIP, { ...given, count }, operator<A, A>(given.name, (upstream, stage) => {
    /** Apart from `into`, which may have less room than a stretch that is left out. */
    const leftOut: A[] = []
    let left = count
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        if (left === 0) return upstream.pull(into, limit)
        const skipped = upstream.pull(leftOut, Math.min(left, stage.scope.scheduler.batch))
        if (skipped < 0) return skipped
        left -= skipped
        for (let i = 0; i < skipped; i++) {
          stage.settle(upstream.tickets?.[i], 'absorbed')
          leftOut[i] = undefined as A
        }
        return 0
      },
    }
  }))
}
