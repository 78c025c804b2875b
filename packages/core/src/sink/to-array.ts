import type { Intake, Sink } from '../contract/sink'
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
  return sink<T, T[]>('toArray', () => new Gathering<T>())
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
