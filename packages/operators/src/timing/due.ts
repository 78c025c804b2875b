/** A timer may fire a little early after rounding. A nanosecond is early enough. */
const ROUNDING_MS = 1e-6

/**
 * Whether a time has come.
 *
 * @param shown what the clock shows, where both times are counted from another point: a clock far from 0 cannot show
 * smaller steps than a part of that, and a timer for less than a step would fire again and again at the same moment.
 */
export function isDue(at: number, now: number, shown = now): boolean {
  return at - now <= Math.max(ROUNDING_MS, Math.abs(shown) * 2 ** -51)
}
