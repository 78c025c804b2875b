import type { Named } from '../contract/supervision'
import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const FIRST = /* @__PURE__ */ declare('first', () => ({}), { drops: 'chosen' })

/**
 * The first value; undefined where there is none. Asks for exactly one value, then closes the source.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await range(5, 100).to(first()).run() // 5
 * ```
 */
export function first<T>(options?: Named): Sink<T, T | undefined> {
  const given = FIRST.read(options)
  return tell(sink<T, T | undefined>(given.name, () => {
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
  }), FIRST, given)
}
