import { type Operator } from '@sluice/core'
import { callable, operator, optionsOf, wholeNumber } from '@sluice/core/authoring'

/** Options of {@link countValues}. */
export interface CountValuesOptions {
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
 * - **on failure** of `look`, fails
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
 * @param options `every`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const seen: number[] = []
 * await range(0, 5).pipe(countValues((n) => seen.push(n), { every: 2 })).to(drain()).run()
 * await Promise.resolve(seen) // [2, 4]
 * ```
 */
export function countValues<A>(look: (count: number) => unknown, options: CountValuesOptions = {}): Operator<A, A> {
  callable('countValues', 'look', look)
  const every = wholeNumber('countValues', 'every', optionsOf('countValues', options).every ?? 1)
  return operator<A, A>('countValues', (upstream) => {
    let total = 0
    let next = every
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        if (read > 0) total += read
        for (; next <= total; next += every) look(next)
        return read
      },
    }
  })
}
