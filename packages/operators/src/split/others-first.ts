import type { Stage, Wake } from '@sluice/core/authoring'

/**
 * Whether whoever has no room has had a turn since it last got on: only then is it busy, and may lose values.
 *
 * ```text
 *   unasked ── mustWait ─▶ waiting ── every other task of the run has had a turn ─▶ busy
 *      ▲                      │                                                       │
 *      └────── gotOn ─────────┴───────────────────────────────────────────────────────┘
 * ```
 *
 * Invariant: one round of the run at most is waited for at a time, so what the run keeps of it is bounded.
 */
export class OthersFirst {
  readonly #stage: Stage
  readonly #wake: Wake
  #isWaiting = false
  #isBusy = false
  /** Somebody got on during the wait: what it ends with is out of date. */
  #isStale = false
  readonly #over: Wake = () => {
    this.#isWaiting = false
    this.#isBusy = !this.#isStale
    this.#isStale = false
    this.#wake()
  }

  /** @param wake called when a wait is over; may only wake. */
  constructor(stage: Stage, wake: Wake) {
    this.#stage = stage
    this.#wake = wake
  }

  /** True: others have still to have their turn, and `wake` follows. */
  mustWait(): boolean {
    if (this.#isWaiting) return true
    if (this.#isBusy) return false
    this.#isWaiting = this.#stage.scope.afterOthers(this.#over)
    this.#isBusy = !this.#isWaiting
    return this.#isWaiting
  }

  /** Somebody took a value, or asked for one: the next turn is one more. */
  gotOn(): void {
    this.#isBusy = false
    this.#isStale = this.#isWaiting
  }
}
