import type { RunStats } from '@sluice/core'

/** The figures of the last seconds: what is shown is what has changed since. */
export class History {
  readonly #keepMs: number
  readonly #kept: RunStats[] = []

  /** @param keepMs how long figures are kept, in ms. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  add(stats: RunStats): void {
    this.#kept.push(stats)
    // The oldest one that is old enough stays, so that a whole window can be looked back.
    while (this.#kept.length > 2 && stats.elapsedMs - (this.#kept[1] as RunStats).elapsedMs >= this.#keepMs) this.#kept.shift()
  }

  /** The latest figures that are at least `ms` older than the latest of all; where there are none, the oldest. */
  before(ms: number): RunStats | undefined {
    const latest = this.#kept.at(-1)
    if (latest === undefined || this.#kept.length < 2) return undefined
    return this.#kept.findLast((stats) => latest.elapsedMs - stats.elapsedMs >= ms) ?? this.#kept[0]
  }
}
