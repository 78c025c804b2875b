import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * Collects all values in an array: the result. Unbounded by nature; for a long source use a sink that does not keep.
 *
 * @example
 * ```ts
 * await range(1, 3).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function toArray<T>(): Sink<T, T[]> {
  return sink<T, T[]>('toArray', () => {
    const all: T[] = []
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) all.push(values[i] as T)
      },
      end: () => all,
    }
  })
}
