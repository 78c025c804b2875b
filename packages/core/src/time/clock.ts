import type { Clock } from '../contract/clock'

/** Platforms count the ms of a timer in 31 bits, and fire a longer one at once. */
export const LONGEST_TIMER_MS = 0x7fffffff

/** The platform's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    // A timer of more than 24 days is set in stretches.
    const fire = (leftMs: number) => (): void => {
      if (leftMs > 0) arm(leftMs)
      else callback()
    }
    let timer: ReturnType<typeof setTimeout>
    const arm = (ms: number): void => {
      const stretchMs = Math.min(ms, LONGEST_TIMER_MS)
      timer = setTimeout(stretchMs === ms ? callback : fire(ms - stretchMs), stretchMs)
    }
    arm(delayMs)
    return () => {
      clearTimeout(timer)
    }
  },
}
