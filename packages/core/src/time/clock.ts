import type { Clock } from '../contract/clock'

/** The platform's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    // Longer delays than a 32-bit number of ms would fire at once; no timer of ours means "in 25 days".
    const timer = setTimeout(callback, Math.min(delayMs, 0x7fffffff))
    return () => {
      clearTimeout(timer)
    }
  },
}
