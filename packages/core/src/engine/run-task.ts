import type { Scheduler, Task } from '../contract/scheduler'
import type { Within } from '../contract/context'
import type { StageState, WakeableTask } from '../contract/stage'
import { capture } from '../site/capture'
import type { Site } from '../site/site'
import type { Meter } from '../accounting/meter'
import type { Participant } from './rounds'

/** What a task needs to know of its run. */
export interface TaskHost {
  readonly scheduler: Scheduler
  /** The context in which the run began, where that is carried: its turns take place there. */
  readonly within: Within | undefined
  /** While true, ready tasks are parked instead of run. */
  readonly paused: boolean
  /** A task was made. */
  made(task: RunTask): void
  /** A task of the run has become ready. */
  becameReady(task: RunTask): void
  /** A task that was ready begins its turn. Answers what `over` is to be told. */
  began(task: RunTask): boolean
  /** That turn has ended. */
  over(task: RunTask, counts: boolean): void
  /** A task that was ready, and has ended, will have no turn. */
  left(task: RunTask): void
  /** A task has done a turn, and is in another state than before it. */
  turned(before: StageState, after: StageState): void
  /** Keeps a ready task until the run is resumed. */
  park(task: RunTask): void
}

/** The stage that a task works for. */
export interface TaskOwner {
  readonly site?: Site | null | undefined
  fail(error: unknown): void
}

/**
 * A piece of work of a run: at most once in the scheduler, timed by its stage's meter.
 *
 * Invariant: `#queued` is true from a wake until just before the run it causes, so a wake is never lost: one that
 * comes during the run queues the next run.
 */
export class RunTask implements Task, WakeableTask, Participant {
  next: Task | undefined
  granted = 1
  // Minus zero is no small integer: a field that is one at first and gets a fraction later makes a new hidden class of its object, and
  // those of rehearsals, which are kept so that the class stays, would be of the old one.
  unitMs = -0
  restsUntil = -0
  round = 0
  done = 0
  readonly #host: TaskHost
  readonly #stage: TaskOwner
  readonly #body: () => StageState
  readonly #meter: Meter
  #queued = false
  #ended = false
  /** Ends the wait for the end of a pause. */
  #resumed: (() => void) | undefined
  /** What its last turn left it with: `busy` while a call of it is out. */
  state: StageState = 'idle'

  readonly wake = (): void => {
    if (this.#queued || this.#ended) return
    this.#queued = true
    this.#meter.woken()
    this.#host.becameReady(this)
    this.#host.scheduler.enqueue(this)
  }

  /** @param stage is failed by what `body` throws. */
  constructor(host: TaskHost, stage: TaskOwner, meter: Meter, body: () => StageState) {
    this.#host = host
    this.#stage = stage
    this.#meter = meter
    this.#body = body
    host.made(this)
  }

  /** A task that has ended stays in the scheduler until its turn comes, which is then none. */
  get isQueued(): boolean {
    return this.#queued
  }

  /** Called by the scheduler only. */
  run(): void {
    if (this.#ended) {
      this.#leave()
      return
    }
    // A parked task is ready all the same: it goes on when the run does.
    if (this.#host.paused) {
      this.#resumed = this.#meter.park()
      this.#host.park(this)
      return
    }
    this.#queued = false
    const counts = this.#host.began(this)
    this.#meter.begin()
    const { within } = this.#host
    const outer = capture.inside
    capture.inside = this.#stage
    const after = within === undefined ? this.#turn() : this.#turnWithin(within)
    capture.inside = outer
    this.#meter.end(after)
    this.#settle(after)
    this.#host.over(this, counts)
  }

  /** Called by the scheduler: what ran just now has taken long, and most of it was this task's. */
  tookLong(ms: number): void {
    this.#meter.tookLong(ms)
  }

  /** The turn it was ready for is none. */
  #leave(): void {
    this.#queued = false
    this.#meter.left()
    this.#host.left(this)
  }

  #turn(): StageState {
    try {
      return this.#body()
    } catch (error) {
      this.#stage.fail(error)
      return 'idle'
    }
  }

  #turnWithin(within: Within): StageState {
    let after: StageState = 'idle'
    within(() => { after = this.#turn() })
    return after
  }

  /** Back to the scheduler after a pause. */
  unpark(): void {
    this.#resumed?.()
    this.#resumed = undefined
    if (this.#ended) this.#leave()
    else this.#host.scheduler.enqueue(this)
  }

  /** It will not run again. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#become('idle')
  }

  /** A task that its own turn has ended is in no state any more. */
  #settle(state: StageState): void {
    if (!this.#ended) this.#become(state)
  }

  #become(state: StageState): void {
    if (state !== this.state) this.#host.turned(this.state, state)
    this.state = state
  }
}
