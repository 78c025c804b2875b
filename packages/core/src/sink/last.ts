import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * The last value; undefined where there is none.
 *
 * @example
 * ```ts
 * await range(1, 5).to(last()).run() // 5
 * ```
 */
export function last<T>(): Sink<T, T | undefined> {
  return sink<T, T | undefined>('last', () => {
    let value: T | undefined
    return {
      write(values, count) {
        value = values[count - 1]
      },
      end: () => value,
    }
  })
}
