import type { Stage, Tickets } from '@sluice/core/authoring'

/** Something values are pulled from: an outlet, or what stands before one. */
export interface Pulled<T> {
  /** As `Outlet.pull`; may answer 0: "nothing came of that, ask again". */
  pull(into: T[], limit: number): number
  readonly tickets?: Tickets | null | undefined
}

/**
 * Puts values of several inputs into one batch, tickets included.
 *
 * ```text
 *   a ─ pull ─────────────▶ into[0..]      the first writes directly
 *   b ─ pull ─▶ scratch ─▶ into[2..]       the others beside it
 * ```
 */
export class Gather<T> {
  readonly #stage: Stage
  readonly #scratch: T[] = []
  /** Where tickets are put; null where no input has any. */
  tickets: Tickets | null

  constructor(stage: Stage, tickets: Tickets | null = null) {
    this.#stage = stage
    this.tickets = tickets
  }

  /** Pulls at most `limit` values to `into[written..]`; answers what the input answered. */
  pull(input: Pulled<T>, into: T[], written: number, limit: number): number {
    // Should it throw, what the others gave comes out first.
    this.#stage.ready = written
    const direct = written === 0
    const count = input.pull(direct ? into : this.#scratch, limit)
    if (!direct) {
      const scratch = this.#scratch
      for (let i = 0; i < count; i++) {
        into[written + i] = scratch[i] as T
        scratch[i] = undefined as T
      }
    }
    const { tickets } = this
    if (tickets && count > 0) {
      // Looked up once: through three stages for each value that was a tenth of a broadcast that is merged again.
      const given = input.tickets
      for (let i = 0; i < count; i++) tickets[written + i] = given?.[i]
    }
    return count
  }
}
