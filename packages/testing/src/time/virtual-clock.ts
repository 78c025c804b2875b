import { type Clock } from '@sluice/core'
import { finiteNumber } from '@sluice/core/authoring'
import { settle } from './settle'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/**
 * A clock that stands still until it is told to go on, for tests of everything that takes time.
 *
 * `advance` runs timers in the order of their times, and between two of them lets promises and the scheduler come to
 * rest: so asynchronous functions under test work under virtual time as well, as long as they wait on this clock
 * ({@link VirtualClock.sleep}) or on each other.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock()
 * const run = interval(1000).pipe(take(3)).to(toArray()).run({ clock })
 * await clock.advance(3000)
 * await run // [0, 1, 2], after no time at all
 * ```
 */
export class VirtualClock implements Clock {
  #now: number
  #back = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  /** @param startMs what it shows at first, in ms; a number with a fraction finds what divides times. Default 0. */
  constructor(startMs = 0) {
    this.#now = finiteNumber('VirtualClock', 'startMs', startMs, -Number.MAX_VALUE)
  }

  /** What it shows: virtual ms since it was made, and what it showed then. */
  now(): number {
    return this.#now - this.#back
  }

  /** From now on it shows so many ms less, as a clock does that is set by hand. Timers fire when they would have. */
  stepBack(ms: number): void {
    this.#back += finiteNumber('VirtualClock.stepBack', 'ms', ms)
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.add(timer)
    return () => { this.#timers.delete(timer) }
  }

  /** A promise that resolves after so many virtual ms. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve))
  }

  /** Timers that have not fired. A test of leaks expects 0, or 1 where one is wanted. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Goes on by so many ms, 0 or more, firing what is due on the way. Throws an OptionError for what is no such number. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + finiteNumber('VirtualClock.advance', 'ms', ms)
    await settle()
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.callback()
      await settle()
    }
    this.#now = until
  }

  /**
   * Goes on from timer to timer until `work` has settled: for what takes time to end, when it does not matter how much.
   *
   * @param resting false while something goes on that needs no time, as an {@link ExploringScheduler} knows.
   */
  async runOut<R>(work: PromiseLike<R>, resting: () => boolean = () => true): Promise<R> {
    let open = 1
    const done = (): void => { open = 0 }
    work.then(done, done)
    while (open > 0) {
      // Time goes on only when everything has come to rest, which takes some turns where tasks hand on to each other.
      for (let turns = 0; turns < 12 * open; turns = resting() ? turns + 1 : 0) await settle(1)
      const timer = this.#next(Number.POSITIVE_INFINITY)
      if (timer === undefined || open === 0) continue
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.callback()
    }
    return work
  }

  /** Goes on to the next timer and fires it, without letting anything come to rest. False where there is none. */
  fireNext(): boolean {
    const timer = this.#next(Number.POSITIVE_INFINITY)
    if (timer === undefined) return false
    this.#timers.delete(timer)
    this.#now = timer.at
    timer.callback()
    return true
  }

  /** As `advance`, without letting anything come to rest: for what has no promises and no scheduler in it. */
  fire(ms: number): void {
    const until = this.#now + finiteNumber('VirtualClock.fire', 'ms', ms)
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.callback()
    }
    this.#now = until
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at > until) continue
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    return next
  }
}
