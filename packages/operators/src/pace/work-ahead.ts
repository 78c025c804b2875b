import type { Stage, StageState, WakeableTask } from '@sluice/core'

/**
 * A task that works ahead of the consumer, and which of the two waits for the other.
 *
 * ```text
 *                  no room: rest ◀──────────── goOn: there is some
 *   task ─▶ [what is kept] ─▶ consumer
 *                  tell: there is some ──────▶ wait: nothing there
 * ```
 *
 * It begins when the consumer first waits: before, nothing is wanted.
 */
export class WorkAhead {
  readonly task: WakeableTask
  /** The task waits for room. */
  isResting = false
  /** The consumer was answered PENDING and waits for a wake. */
  isAwaited = false
  readonly #stage: Stage
  #begun = false

  constructor(stage: Stage, work: () => StageState) {
    this.#stage = stage
    this.task = stage.task(work)
  }

  /** The consumer found nothing. */
  wait(): void {
    this.isAwaited = true
    if (this.#begun) return
    this.#begun = true
    this.task.wake()
  }

  /** Wakes a consumer that waits; answers whether it did. */
  tell(): boolean {
    if (!this.isAwaited) return false
    this.isAwaited = false
    this.#stage.wake()
    return true
  }

  /** The task finds no room. */
  rest(): 'backpressured' {
    this.isResting = true
    return 'backpressured'
  }

  /** There may be room again. */
  goOn(): void {
    if (!this.isResting) return
    this.isResting = false
    this.task.wake()
  }
}
