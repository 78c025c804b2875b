import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * Counts the values.
 *
 * @example
 * ```ts
 * await range(0, 10).to(count()).run() // 10
 * ```
 */
export function count(): Sink<unknown, number> {
  return sink<unknown, number>('count', () => {
    let total = 0
    return {
      write(_values, more) {
        total += more
      },
      end: () => total,
    }
  })
}
