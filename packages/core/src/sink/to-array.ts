import type { Named } from '../contract/supervision'
import type { Intake, Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const TO_ARRAY = /* @__PURE__ */ declare('toArray', () => ({}), { holds: Infinity })

/**
 * Collects all values in an array: the result. Unbounded by nature; for a long source use a sink that does not keep.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await range(1, 3).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function toArray<T>(options?: Named): Sink<T, T[]> {
  const given = TO_ARRAY.read(options)
  return tell(sink<T, T[]>(given.name, () => new Gathering<T>()), TO_ARRAY, given)
}

class Gathering<T> implements Intake<T, T[]> {
  readonly #all: T[] = []

  write(values: readonly T[], count: number): void {
    for (let i = 0; i < count; i++) this.#all.push(values[i] as T)
  }

  end(): T[] {
    return this.#all
  }
}
