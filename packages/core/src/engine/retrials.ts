import type { Stage, StageState, WakeableTask } from '../contract/stage'
import { RingBuffer } from '../held/ring-buffer'
import type { Trial } from './trial'

/**
 * The items of a stage whose next try may begin, and the task that begins them one by one.
 *
 * ```text
 *   add ─▶ [line] ─ task: a slice at a time ─▶ again(trial)
 * ```
 *
 * Invariant: while the line is not empty the task is ready to run.
 */
export class Retrials<T extends Trial<unknown>> {
  readonly #stage: Stage
  readonly #again: (trial: T) => void
  readonly #state: () => StageState
  /** Made with the first retry: most runs have none. */
  #task: WakeableTask | undefined
  readonly #line = new RingBuffer<T>(Number.MAX_SAFE_INTEGER)

  /**
   * @param again begins the next try: calls user code.
   * @param state what the stage waits for after a turn.
   */
  constructor(stage: Stage, again: (trial: T) => void, state: () => StageState) {
    this.#stage = stage
    this.#again = again
    this.#state = state
  }

  add(trial: T): void {
    this.#line.push(trial)
    this.#task ??= this.#stage.task(() => this.#turn())
    this.#task.wake()
  }

  /** The stage has ended: hands back one after the other what was in line. */
  shift(): T | undefined {
    return this.#line.shift()
  }

  #turn(): StageState {
    const { scheduler } = this.#stage.scope
    for (let trial = this.#line.shift(); trial !== undefined; trial = this.#line.shift()) {
      trial.tryAgain()
      this.#again(trial)
      if (scheduler.spent(1) && !this.#line.isEmpty) {
        this.#task?.wake()
        break
      }
    }
    return this.#state()
  }
}
