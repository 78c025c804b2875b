import { type Operator } from '@sluice/core'
import { callable, operator, optionsOf, wholeNumber } from '@sluice/core/authoring'

/** Options of {@link count}. */
export interface CountOptions {
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
 *       count(n => console.log(n), { every: 2 })     (prints 2)
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
 * await range(0, 5).pipe(count((n) => seen.push(n), { every: 2 })).to(drain()).run()
 * await Promise.resolve(seen) // [2, 4]
 * ```
 */
export function count<A>(look: (count: number) => unknown, options: CountOptions = {}): Operator<A, A> {
  callable('count', 'look', look)
  const every = wholeNumber('count', 'every', optionsOf('count', options).every ?? 1)
  return operator<A, A>('count', (upstream) => {
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
