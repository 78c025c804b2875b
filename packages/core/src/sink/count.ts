import type { Intake, Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * Counts the values.
 *
 * @example
 * ```ts
 * await range(0, 10).to(count()).run() // 10
 * ```
 */
export function count(): Sink<unknown, number> {
  return sink<unknown, number>('count', () => new Counting())
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
