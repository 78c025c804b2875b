/** Monotonic time. Injected through the scope, so that a test owns it. */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): number
  /** Calls `callback` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void
}
