/**
 * Time, injected through the scope, so that a test owns it.
 *
 * It should be monotonic, and need not be: a clock that is set by hand or over the network may step back. The kernel
 * counts a step back as 0 and goes on from there, so no deadline moves away; a step forward counts as time that has
 * passed. Times may have fractions.
 */
export interface Clock {
  /** Milliseconds since some fixed point. What a stage is given as its clock never goes back. */
  now(): number
  /**
   * Calls `callback` once, after `delayMs`, never inside this call; the answer cancels it. A timer that has fired counts as
   * `delayMs` that have passed, whatever `now` says.
   */
  after(delayMs: number, callback: () => void): () => void
}
