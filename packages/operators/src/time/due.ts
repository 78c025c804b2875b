/** A timer may fire a little early after rounding. A nanosecond is early enough. */
const ROUNDING_MS = 1e-6

/** Whether a time has come. */
export function isDue(at: number, now: number): boolean {
  return at - now <= ROUNDING_MS
}
