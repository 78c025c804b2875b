import { type Operator } from '@sluice/core'
import { DONE, operator } from '@sluice/core/authoring'

/**
 * Hands on so many values, then fails, each time it is opened until it has failed `times` times; fails at the end of a
 * source that has fewer.
 *
 * @example
 * ```ts
 * range(0, 10).pipe(breaking(3, new Error('boom'))) // 0, 1, 2, then the error
 * ```
 */
export function breaking<T>(after: number, error: unknown, times = Infinity): Operator<T, T> {
  let failures = 0
  return operator<T, T>('breaking', (upstream) => {
    let left = failures < times ? after : Infinity
    return {
      get tickets() { return upstream.tickets },
      pull(into, limit) {
        const count = left === 0 ? DONE : upstream.pull(into, Math.min(limit, left))
        if (count === DONE && left < Infinity) {
          failures++
          throw error
        }
        if (count > 0) left -= count
        return count
      },
    }
  })
}
