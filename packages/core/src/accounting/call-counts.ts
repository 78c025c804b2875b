/** What the meter of a stage asks its calls. */
export interface CallCounts {
  /** Tries that have begun. */
  readonly started: number
  /** Places that are taken. */
  readonly running: number
  /** The most calls that may be under way at once; Infinity where there is no bound. */
  readonly concurrency: number
  /** Why no further call begins, where that is not the number of them: what comes out waits for its turn, or for room. */
  readonly heldBy?: 'order' | 'room' | undefined
  /** Since when the oldest call is under way. */
  readonly oldestSince?: number | undefined
}
