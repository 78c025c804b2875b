import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * The first value; undefined where there is none. Asks for exactly one value, then closes the source.
 *
 * @example
 * ```ts
 * await range(5, 100).to(first()).run() // 5
 * ```
 */
export function first<T>(): Sink<T, T | undefined> {
  return sink<T, T | undefined>('first', () => {
    let wanted = 1
    let value: T | undefined
    return {
      demand: () => wanted,
      write(values) {
        value = values[0]
        wanted = 0
      },
      end: () => value,
    }
  })
}
