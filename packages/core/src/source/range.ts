import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { wholeNumber } from '../options'

/**
 * Counts up: `count` whole numbers from `start`.
 *
 * @param start the first number.
 * @param count how many; `Infinity` for no end. Default `Infinity`.
 * @throws OptionError where `start` is no whole number or `count` is negative or a fraction.
 *
 * @example
 * ```ts
 * await range(1, 3).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function range(start: number, count = Infinity): Source<number> {
  wholeNumber('range', 'start', start, Number.MIN_SAFE_INTEGER)
  if (count !== Infinity) wholeNumber('range', 'count', count, 0)
  return source<number>('range', () => {
    let next = start
    const end = start + count
    return {
      pull(into, limit) {
        const size = Math.min(limit, end - next)
        for (let i = 0; i < size; i++) into[i] = next + i
        next += size
        return size > 0 ? size : DONE
      },
    }
  })
}
