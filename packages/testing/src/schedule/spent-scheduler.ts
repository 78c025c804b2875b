import { macrotask, type Scheduler, type Task } from '@sluice/core/authoring'
import { LawViolation } from '../probe/assert'

/** How often a stage may ask in one turn whether its slice is used up, though it always is, before that is a circle. */
const PATIENCE = 10_000

/**
 * A scheduler whose slices are used up by the first unit of work: every stage gives way as often as it may. What goes on all the same, instead
 * of giving way, goes round in a circle that holds the event loop: it gets a LawViolation.
 *
 * @example
 * ```ts
 * await pipeline.run({ scheduler: new SpentScheduler() })
 * ```
 */
export class SpentScheduler implements Scheduler {
  readonly batch: number
  #ready: Task[] = []
  #armed = false
  #asked = 0
  #inTurn = false
  /** The running task has done some work: it stays so until its turn ends. */
  #over = false

  /** @param batch how many values are asked for at once. Default 64. */
  constructor(batch = 64) {
    this.batch = batch
  }

  /** True while nothing is ready: for `VirtualClock.runOut`. */
  readonly resting = (): boolean => this.#ready.length === 0

  enqueue(task: Task): void {
    this.#ready.push(task)
    if (this.#armed) return
    this.#armed = true
    macrotask(() => { this.#round() })
  }

  dispatch(wake: () => void): void {
    wake()
  }

  spent(units: number): boolean {
    if (++this.#asked > PATIENCE) throw new LawViolation('O15: the slice was used up 10,000 times in one turn, and the stage goes on: it has to give way')
    this.worked(units)
    return this.#over || !this.#inTurn
  }

  worked(units: number): void {
    if (units > 0 && this.#inTurn) this.#over = true
  }

  /** What pulls outside of any task has no turn to come: it is never told to give way. */
  isSpent(): boolean {
    return this.#over
  }

  /** One turn for each that is ready. */
  #round(): void {
    const tasks = this.#ready
    this.#ready = []
    this.#armed = false
    for (const task of tasks) {
      this.#asked = 0
      this.#over = false
      this.#inTurn = true
      task.run()
    }
    this.#inTurn = this.#over = false
  }
}
