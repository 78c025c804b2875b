import type { Clock } from '../contract/clock'
import { processWide } from '../copies/process-wide'
import { LONGEST_TIMER_MS, systemClock } from './clock'

const views = /* @__PURE__ */ processWide('clocks', () => new WeakMap<Clock, Clock>())

/**
 * A view of a clock that never goes back: a step back of the clock counts as 0, and time goes on from there. One view
 * per clock, so that everything that tells time by the same clock agrees, in whichever run it is.
 *
 * Everything that keeps a time as "at" (a deadline, the begin of a window) and takes a clock of its user's reads it
 * through this.
 *
 * @param clock any; the platform's is steady by itself, and is answered as it is.
 *
 * @example
 * ```ts
 * const clock = steadyClock({ now: Date.now, after: systemClock.after })
 * ```
 */
export function steadyClock(clock: Clock): Clock {
  if (clock === systemClock) return clock
  let view = views.get(clock)
  if (view === undefined) {
    view = new SteadyClock(clock)
    views.set(clock, view)
  }
  return view
}

/**
 * ```text
 *   clock   100  110 │ 50   60      the step back from 110 to 50 counts as 0
 *   view    100  110 │ 110  120     60 is added from then on
 * ```
 *
 * Invariant: what `now` answers never gets less.
 */
class SteadyClock implements Clock {
  readonly #clock: Clock
  #seen = -Infinity
  /** What all steps back come to. 0 for a clock that never takes one: its times are handed on as they are. */
  #added = 0
  #now = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    const at = this.#clock.now()
    if (at < this.#seen) this.#added += this.#seen - at
    // NaN is neither before nor after anything.
    if (!Number.isNaN(at)) this.#seen = at
    if (at + this.#added > this.#now) this.#now = at + this.#added
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const due = this.now() + delayMs
    return this.#clock.after(delayMs, () => {
      // A timer that has fired has seen its time pass, whatever the clock says: else a clock that stands still, or was set
      // back meanwhile, would have whoever waits wait once more. A longer timer may have been cut short by the platform.
      if (due > this.#now && delayMs <= LONGEST_TIMER_MS) this.#now = due
      callback()
    })
  }
}
