import { coded } from '../foreign/coded'
import type { Named } from '../contract/supervision'
import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { wholeNumber } from '../options'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { whole } from '../options/rules'

const RANGE = /* @__PURE__ */ declare('range', () => ({ args: { start: whole(Number.MIN_SAFE_INTEGER), count: whole(0, Infinity) } }), {})

/** The first whole number that cannot be told from the one after it. */
const BEYOND = 2 ** 53

/**
 * Counts up: `count` whole numbers from `start`.
 *
 * @param start the first number.
 * @param count how many; `Infinity` for no end: a run that gets beyond 2^53 - 1 fails with a RangeError. Default `Infinity`.
 * @param options `name`.
 * @throws OptionError where `start` is no whole number, `count` is negative or a fraction, or the last number would be
 * beyond 2^53 - 1, where one number cannot be told from the next.
 *
 * @example
 * ```ts
 * await range(1, 3).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function range(start: number, count = Infinity, options?: Named): Source<number> {
  const given = RANGE.read(options, { start, count })
  if (count !== Infinity) wholeNumber('range', 'count', count, 0, Math.min(Number.MAX_SAFE_INTEGER, BEYOND - start))
  const end = Math.min(start + count, BEYOND)
  return tell(source<number>(given.name, (stage) => {
    let next = start
    return {
      pull(into, limit) {
        const size = Math.min(limit, end - next)
        for (let i = 0; i < size; i++) into[i] = next + i
        next += size
        if (size > 0) return size
        if (count === Infinity) throw coded('SLUICE_RANGE', new RangeError(`${stage.name}: the next number would be beyond 2^53 - 1`))
        return DONE
      },
    }
  }), RANGE, given)
}
