import type { Clock } from './clock'
import type { Wake } from './outlet'
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
  /**
   * Calls `then` when every other task of the run that is ready now has had a turn, in whatever order the scheduler runs them; a
   * task that they wake has one as well, where it had none. For a stage that is about to drop a value: its consumer may only
   * be waiting for its turn. Endless work of another task is not waited for, as each has one turn.
   *
   * @param then called once, from the end of a turn; may only wake.
   * @returns false where no other task is ready: `then` is not called.
   */
  afterOthers(then: Wake): boolean
}
