import type { Within } from '../contract/context'
import type { Wake } from '../contract/outlet'
import type { Scheduler } from '../contract/scheduler'
import type { StageState } from '../contract/stage'
import { Rounds } from './rounds'
import type { RunTask, TaskHost } from './run-task'
import type { RunningStage } from './running-stage'

/**
 * Which tasks of a run are ready, and what the others wait for.
 *
 * ```text
 *   ready ──turn──▶ idle            waits for input
 *     ▲        ├──▶ busy            a call of it is out
 *     │        └──▶ backpressured   waits for room ─┐
 *     └──────────── wake ───────────────────────────┘     nothing is ready, and a task waits for room: a deadlock?
 * ```
 *
 * Invariants: `#ready` counts the tasks that are ready or at work, `#full` those that rest in the state `backpressured`. While the
 * run is paused a task that becomes ready is parked, and counts as ready.
 */
export class RunTasks implements TaskHost {
  readonly scheduler: Scheduler
  within: Within | undefined
  /** Stages that another run feeds, each with the stage of this run that has to be read first. */
  readonly heldUp = new Map<RunningStage<unknown>, RunningStage<unknown>>()
  /** How many batches stages of the run have handed on; wraps round. */
  moved = 0
  readonly #atRest: () => void
  readonly #rounds = new Rounds()
  #paused = false
  #ready = 0
  #full = 0
  /** Waits for something outside the run. */
  #waits = 0
  readonly #parked: RunTask[] = []

  /** @param atRest is called when no task is ready, nothing outside is waited for, and a task waits for room. */
  constructor(scheduler: Scheduler, atRest: () => void) {
    this.scheduler = scheduler
    this.#atRest = atRest
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Tasks that become ready are parked until `resume()`. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    for (const task of this.#parked.splice(0)) task.unpark()
  }

  /** The run ends: what is parked stays so. */
  unpause(): void {
    this.#paused = false
  }

  park(task: RunTask): void {
    this.#parked.push(task)
  }

  made(task: RunTask): void {
    this.#rounds.enter(task)
  }

  becameReady(task: RunTask): void {
    this.#ready++
    this.#rounds.joined(task)
  }

  began(task: RunTask): boolean {
    return this.#rounds.began(task, this.moved)
  }

  over(task: RunTask, counts: boolean): void {
    this.#ready--
    this.#rounds.ended(task, counts, this.#ready, this.moved)
    this.look()
  }

  left(task: RunTask): void {
    this.#ready--
    this.#rounds.left(task, this.#ready)
    this.look()
  }

  /** Calls `then` when every other task that is ready has had a turn; false where none is. */
  afterOthers(then: Wake): boolean {
    return this.#rounds.after(then, this.#ready)
  }

  /** Is the run at rest? */
  look(): void {
    // Two looks at a number for each turn of the run; the rest only where a stage is full and nothing is ready.
    if (this.#ready === 0 && (this.#full > 0 || this.heldUp.size > 0) && this.#waits === 0) this.#atRest()
  }

  turned(before: StageState, after: StageState): void {
    if (before === 'backpressured') this.#full--
    if (after === 'backpressured') this.#full++
  }

  /** A stage waits for something outside the run; answers what ends the wait. */
  waitFor(): () => void {
    this.#waits++
    let over = false
    return () => {
      if (over) return
      over = true
      this.#waits--
    }
  }
}
