import type { Named } from '../contract/supervision'
import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const LAST = /* @__PURE__ */ declare('last', () => ({}), { drops: 'chosen' })

/**
 * The last value; undefined where there is none.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await range(1, 5).to(last()).run() // 5
 * ```
 */
export function last<T>(options?: Named): Sink<T, T | undefined> {
  const given = LAST.read(options)
  return tell(sink<T, T | undefined>(given.name, () => {
    let value: T | undefined
    return {
      write(values, count) {
        value = values[count - 1]
      },
      end: () => value,
    }
  }), LAST, given)
}
