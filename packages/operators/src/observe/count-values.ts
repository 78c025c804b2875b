import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, operator, whole } from '@sluice/core/authoring'

const COUNT_VALUES = /* @__PURE__ */ declare('countValues', () => ({ args: { look: fn }, options: { every: whole().or(1), onError: decision } }), {})

/** Options of {@link countValues}. */
export interface CountValuesOptions<A = unknown> extends StageOptions<A> {
  /** How many values between two calls, 1 or more. Default 1. */
  readonly every?: number | undefined
}

/**
 * Tells how many values have passed.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of `look` as `onError` says: with `skip` the value that it is called at is left out, and not counted
 * - **on abort** nothing is called
 *
 * It counts what was handed downstream. For the number alone, as a result, see the sink `count` of core.
 *
 * ```marble
 * in    -a-b-c-|
 *       countValues(n => console.log(n), { every: 2 })     (prints 2)
 * out   -a-b-c-|
 * ```
 *
 * @param look gets the number of values so far, after each `every` of them.
 * @param options `every` (default 1), `name`, `onError` (default `'fail'`).
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const seen: number[] = []
 * await range(0, 5).pipe(countValues((n) => seen.push(n), { every: 2 })).to(drain()).run()
 * await Promise.resolve(seen) // [2, 4]
 * ```
 */
export function countValues<A>(look: (count: number) => unknown, options?: CountValuesOptions<A>): Operator<A, A> {
  const given = COUNT_VALUES.read(options, { look })
  const { every } = given
  return described(COUNT_VALUES, given, operator<A, A>(given.name, (upstream, stage) => {
    let total = 0
    let next = every
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        if (read <= 0) return read
        for (; next <= total + read; next += every) {
          // The value that it is told at has not passed yet.
          stage.ready = next - total - 1
          look(next)
        }
        total += read
        return read
      },
    }
  }, given))
}
