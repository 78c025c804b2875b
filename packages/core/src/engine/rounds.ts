import type { Wake } from '../contract/outlet'

/** A turn may have been cut short, so a round waits for turns of a task until they have moved so many batches together. */
const FAIR_PART = 16

/** What a task keeps of the rounds of its run. */
export interface Participant {
  /** The last round in which this task took part. */
  round: number
  /** How many batches the turns of this task have moved in that round, at most `FAIR_PART`; a turn that left more to do moved one. */
  done: number
  /** The task is in the scheduler, or parked. */
  readonly isQueued: boolean
}

/**
 * Rounds of a run: in each of them every task that is ready has a turn, whatever order the scheduler chooses.
 *
 * ```text
 *   begin ─▶ every ready task counts ─▶ a turn ends: one less ─▶ none is left: those who wait are woken
 *                      ▲                     │ wakes a task, or has more to do itself
 *                      └─────────────────────┘ which counts as well, until that task has done its part
 * ```
 *
 * A stage that drops values waits for a round first. A wake of its own is no such wait: a scheduler may run the task that
 * was woken last before one that is ready, and passes over tasks that took more than their share.
 *
 * A turn is not always enough: the task came before the one it depends on and moved nothing, or its slice was over after one value.
 * So a task that is woken counts again until its turns have moved {@link FAIR_PART} batches. A task with endless work has done that
 * at once, and a round is over.
 *
 * Invariants: `#left` is the number of ready tasks that the open round waits for, and 0 while no round is open. A task that was
 * made during a round is not waited for. So every round ends, however much work there is.
 */
export class Rounds {
  /** Of the round that is open, or was open last. */
  #number = 0
  #left = 0
  #waiting: Wake[] = []
  /** They came while a round was open: only the next one is a whole round for them. */
  #late: Wake[] = []
  /** The task whose turn it is. */
  #current: Participant | undefined
  /** How many batches the run had moved when a turn that counts began. */
  #moved = 0

  /** The rounds know of a task that was made now, and do not wait for it before the next one. */
  enter(task: Participant): void {
    task.round = this.#number
    task.done = FAIR_PART
  }

  /**
   * Calls `then` when every ready task but the current one has had a turn, and those that they wake.
   *
   * @param ready how many tasks are ready or at work.
   * @returns false where no other task is ready: `then` is not called.
   */
  after(then: Wake, ready: number): boolean {
    if (this.#left > 0) {
      this.#late.push(then)
      return true
    }
    if (!this.#begin(ready)) return false
    this.#waiting.push(then)
    return true
  }

  /** A task has become ready. */
  joined(task: Participant): void {
    if (this.#left > 0 && this.#awaits(task)) this.#left++
  }

  /**
   * A turn begins.
   *
   * @param moved how many batches the run has moved.
   * @returns whether the round waits for the turn, which `ended` is to be told.
   */
  began(task: Participant, moved: number): boolean {
    this.#current = task
    if (this.#left === 0 || !this.#awaits(task)) return false
    this.#moved = moved
    return true
  }

  /**
   * The turn of a task has ended.
   *
   * @param counts what `began` has answered.
   * @param ready how many tasks are ready, the one of this turn only where it has woken itself.
   */
  ended(task: Participant, counts: boolean, ready: number, moved: number): void {
    this.#current = undefined
    if (!counts) return
    if (task.round !== this.#number) {
      task.round = this.#number
      task.done = 0
    }
    task.done = Math.min(FAIR_PART, task.done + Math.max((moved - this.#moved) >>> 0, task.isQueued ? 1 : 0))
    // It has woken itself, and was counted for that.
    if (task.isQueued && task.done === FAIR_PART) this.#left--
    if (--this.#left === 0) this.#finish(ready)
  }

  /** A task that was ready, and has ended, will have no turn. */
  left(task: Participant, ready: number): void {
    if (this.#left === 0 || !this.#awaits(task)) return
    this.enter(task)
    if (--this.#left === 0) this.#finish(ready)
  }

  #awaits(task: Participant): boolean {
    return task.round !== this.#number || task.done < FAIR_PART
  }

  /** False where no other task is ready. */
  #begin(ready: number): boolean {
    const current = this.#current
    // A task that has woken itself is both at work and ready.
    const left = current === undefined ? ready : ready - (current.isQueued ? 2 : 1)
    if (left === 0) return false
    this.#number++
    this.#left = left
    if (current !== undefined) this.enter(current)
    return true
  }

  #finish(ready: number): void {
    const waiting = this.#waiting
    const late = this.#late
    this.#waiting = []
    this.#late = []
    // Before anybody is woken: a wake changes how many are ready.
    if (late.length > 0 && this.#begin(ready)) this.#waiting = late
    else for (const then of late) then()
    for (const then of waiting) then()
  }
}
