import type { Clock } from '../src/contract/clock'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that a test turns by hand. Timers run in the order of their time, then of their making. */
export class FakeClock implements Clock {
  #now = 0
  readonly #timers = new Set<Timer>()

  /** How many timers are armed. */
  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  advance(ms: number): void {
    const until = this.#now + ms
    for (let turns = 0; ; turns++) {
      if (turns > 100_000) throw new Error('a timer arms itself for no time, again and again')
      let next: Timer | undefined
      for (const timer of this.#timers) if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.callback()
    }
    this.#now = until
  }
}

/** Lets every promise reaction that is due run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve()
}
