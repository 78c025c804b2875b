import type { Clock } from '../contract/clock'
import type { StageState } from '../contract/stage'
import type { StageTime } from '../contract/stats'

/** Turns at least this long are timed one by one: two looks at the clock (80 ns) are then under 1 %. */
const LONG_TURN_MS = 0.02
const MAX_STRIDE = 64

/**
 * The clock of a stage: how long it was busy, idle (waiting for input) and backpressured (waiting for room).
 *
 * ```text
 *   busy ──end('idle')── idle ──begin── busy ──end('backpressured')── …
 * ```
 *
 * It is read when the state changes, never per value. Where turns are so short that even this would show (an async
 * generator makes two state changes per value), only every n-th turn is timed and the ones between are taken to be
 * as long as it was.
 */
export class Meter {
  readonly #clock: Clock
  // Minus zero for the reason that is given in `run-task.ts`.
  #busy = -0
  #idle = -0
  #backpressured = -0
  /** When `#waiting` began, as of the last timed turn. */
  #since: number
  #waiting: StageState = 'idle'
  /** Turns until the next timed one; how many are left out between two; how many were since the last look. */
  #skip = 0
  #stride = 0
  #unseen = 0
  #lastTurn = -0
  #timing = false
  #started = -0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.now()
  }

  /** A turn of work begins. */
  begin(): void {
    if (this.#skip > 0) {
      this.#skip--
      this.#unseen++
      return
    }
    this.#started = this.#clock.now()
    this.#timing = true
    this.#credit(this.#started)
  }

  /** The turn is over; from now on the stage is in `waiting` (`busy`: work of it is in flight). */
  end(waiting: StageState): void {
    if (this.#timing) {
      this.#timing = false
      const now = this.#clock.now()
      this.#lastTurn = now - this.#started
      this.#busy += this.#lastTurn
      this.#since = now
      this.#stride = this.#lastTurn < LONG_TURN_MS ? Math.min(this.#stride * 2 + 1, MAX_STRIDE) : 0
      this.#skip = this.#stride
    } else if (waiting !== this.#waiting) {
      // Waiting for something else than before is rare and worth a look.
      const now = this.#clock.now()
      this.#credit(now)
      this.#since = now
      this.#skip = 0
    }
    this.#waiting = waiting
  }

  read(): StageTime {
    const now = this.#clock.now()
    if (this.#timing) {
      this.#busy += now - this.#started
      this.#started = now
    } else {
      this.#credit(now)
    }
    this.#since = now
    return { busyMs: this.#busy + 0, idleMs: this.#idle + 0, backpressuredMs: this.#backpressured + 0 }
  }

  /** Books the stretch since the last timed turn: the turns left out as busy, the rest as what was waited for. */
  #credit(now: number): void {
    const stretch = now - this.#since
    const unseen = Math.min(stretch, this.#unseen * this.#lastTurn)
    this.#unseen = 0
    this.#busy += unseen
    if (this.#waiting === 'busy') this.#busy += stretch - unseen
    else if (this.#waiting === 'idle') this.#idle += stretch - unseen
    else this.#backpressured += stretch - unseen
    this.#since = now
  }
}
