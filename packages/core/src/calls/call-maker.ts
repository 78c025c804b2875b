import type { Call } from './call'

/**
 * How a call is made: by a function, by a thread. Tells the {@link Calls} what came of each try: `resolved` or `rejected`, once.
 */
export interface CallMaker<A, B> {
  /** How many values there may be at once: running, and with results that wait. Shown as the capacity of the stage. */
  readonly capacity: number
  /** How many calls may be under way at once; Infinity where there is no bound. Absent: the capacity. */
  readonly concurrency?: number
  /**
   * Another concurrency from now on, a whole number of at least 1; the stage looks again after that. A call that is under way stays so. Absent: it
   * cannot be changed.
   */
  readonly setConcurrency?: ((concurrency: number) => void) | undefined
  /** Several calls settle in one callback of the maker's, which dispatches a wake after the last of them. */
  readonly settlesInBatches?: boolean
  /** How many calls may be started now, beside those that run. */
  room(running: number): number
  /** A value could be read, and there is no room for its call. */
  full?(): void
  /** Begins a try; `call.attempt` tells which. May tell what came of it within the call. */
  make(call: Call<A, B>): void
  /** A try of a call has settled, whatever becomes of its item: what the try has held serves another one. */
  over?(call: Call<A, B>): void
  /** A turn of the stage begins to end: calls were made, others may have settled. */
  turned?(): void
  /**
   * The stage has ended.
   *
   * @returns nothing: the end of the run waits for the calls that run. A promise: these are given up, nothing is told of them
   * any more, and the end waits for that promise.
   */
  close?(reason: unknown): void | Promise<void>
  /** The end of the run does not wait any longer for the calls that run. */
  leave?(): void
}
