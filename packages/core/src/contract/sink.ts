import type { Scope } from './scope'
import type { Stage } from './stage'
import type { Tickets } from './ticket'

/** The running end of a sink. */
export interface Intake<T, R> {
  /**
   * Takes the first `count` of `values`; the array is reused, so keep none of it.
   *
   * Answers nothing when they were dealt with at once, or a promise that settles when they were: until then nothing
   * more is written. That is the backpressure. A throw or rejection fails the run.
   */
  write(values: readonly T[], count: number, tickets: Tickets | null): void | PromiseLike<void>
  /** The source has ended and everything was written: the result. */
  end(): R | PromiseLike<R>
  /** The run failed or was aborted; `end` will not be called. Awaited. */
  abort?(reason: unknown): void | PromiseLike<void>
  /**
   * How many values it wants now. 0: no more, ever. PENDING: none now, and `stage.wake()` will follow. Absent: as many as
   * come.
   */
  demand?(): number
  /** True when it settles the tickets itself, because `write` answers before the values are dealt with. */
  readonly settles?: boolean | undefined
}

/** Where values end. A description: every run opens its own intake. */
export interface Sink<T, R> {
  /** Opens the running end for one run. `stage` is the run's half of it. */
  open(scope: Scope, stage: Stage): Intake<T, R>
  /** Shown in failures and stats. Default `'sink'`. */
  readonly name?: string | undefined
}
