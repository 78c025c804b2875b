import type { Clock } from '../contract/clock'
import { ledgerOf, type LoopLedger } from '../accounting/loop-ledger'
import { systemClock } from '../time/clock'
import { steadyClock } from '../time/steady-clock'

/**
 * The clock of one run: that of its options, seen so that it never goes back, and a count of the timers the run has out.
 *
 * Invariant: `pendingTimers` is how many timers were set and have neither fired nor been cancelled.
 */
export class RunClock implements Clock {
  readonly #clock: Clock
  /** Time is that of a test, which is exact, and costs nothing to tell. */
  readonly isExact: boolean
  /** What all runs on the same clock have done with the event loop. */
  readonly ledger: LoopLedger
  /** Timers that will call back: while there is one, the run is waiting for time. */
  pendingTimers = 0

  constructor(clock: Clock) {
    this.#clock = steadyClock(clock)
    this.isExact = clock !== systemClock
    this.ledger = ledgerOf(clock)
  }

  now(): number {
    return this.#clock.now()
  }

  after(delayMs: number, callback: () => void): () => void {
    let pending = true
    const over = (): void => {
      pending = false
      this.pendingTimers--
    }
    this.pendingTimers++
    const cancel = this.#clock.after(delayMs, () => {
      over()
      callback()
    })
    return () => {
      if (!pending) return
      over()
      cancel()
    }
  }
}
