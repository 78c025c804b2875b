import type { Clock } from './clock'
import type { Scheduler } from './scheduler'

/** What one run shares with all its stages: time, scheduling, chance and the signal that ends it. */
export interface Scope {
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** A number in [0, 1), as Math.random; seeded in tests. */
  readonly random: () => number
  /** Aborted when the run is aborted or has failed. Made on first use: a controller costs 1.5 µs. */
  readonly signal: AbortSignal
  /** True once a graceful stop was asked for: no further round is begun. */
  readonly stopping: boolean
}
