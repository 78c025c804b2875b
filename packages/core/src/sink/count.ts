import type { Named } from '../contract/supervision'
import type { Intake, Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const COUNT = /* @__PURE__ */ declare('count', () => ({}), {})

/**
 * Counts the values.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await range(0, 10).to(count()).run() // 10
 * ```
 */
export function count(options?: Named): Sink<unknown, number> {
  const given = COUNT.read(options)
  return tell(sink<unknown, number>(given.name, () => new Counting()), COUNT, given)
}

class Counting implements Intake<unknown, number> {
  #total = 0

  write(_values: readonly unknown[], count: number): void {
    this.#total += count
  }

  end(): number {
    return this.#total
  }
}
