import type { Scheduler, Task } from '../contract/scheduler'
import type { StageState, WakeableTask } from '../contract/stage'
import type { Meter } from './meter'

/** What a task needs to know of its run. */
export interface TaskHost {
  readonly scheduler: Scheduler
  /** While true, ready tasks are parked instead of run. */
  readonly paused: boolean
  /** A task of the run has become ready, or, with -1, is not any more. */
  ready(change: 1 | -1): void
  /** A task has done a turn, and is in another state than before it. */
  turned(before: StageState, after: StageState): void
  /** Keeps a ready task until the run is resumed. */
  park(task: RunTask): void
}

/**
 * A piece of work of a run: at most once in the scheduler, timed by its stage's meter.
 *
 * Invariant: `#queued` is true from a wake until just before the run it causes, so a wake is never lost: one that
 * comes during the run queues the next run.
 */
export class RunTask implements Task, WakeableTask {
  next: Task | undefined
  granted = 1
  // Minus zero is no small integer: a field that is one at first and gets a fraction later makes a new hidden class of its object, and
  // those of rehearsals, which are kept so that the class stays, would be of the old one.
  unitMs = -0
  restsUntil = -0
  readonly #host: TaskHost
  readonly #stage: { fail(error: unknown): void }
  readonly #body: () => StageState
  readonly #meter: Meter
  #queued = false
  #ended = false
  /** What its last turn left it with: `busy` while a call of it is out. */
  state: StageState = 'idle'

  readonly wake = (): void => {
    if (this.#queued || this.#ended) return
    this.#queued = true
    this.#host.ready(1)
    this.#host.scheduler.enqueue(this)
  }

  /** @param stage is failed by what `body` throws. */
  constructor(host: TaskHost, stage: { fail(error: unknown): void }, meter: Meter, body: () => StageState) {
    this.#host = host
    this.#stage = stage
    this.#meter = meter
    this.#body = body
  }

  /** Called by the scheduler only. */
  run(): void {
    if (this.#ended) {
      this.#host.ready(-1)
      return
    }
    // A parked task is ready all the same: it goes on when the run does.
    if (this.#host.paused) {
      this.#host.park(this)
      return
    }
    this.#queued = false
    this.#meter.begin()
    const after = this.#turn()
    this.#meter.end(after)
    this.#settle(after)
    this.#host.ready(-1)
  }

  #turn(): StageState {
    try {
      return this.#body()
    } catch (error) {
      this.#stage.fail(error)
      return 'idle'
    }
  }

  /** Back to the scheduler after a pause. */
  unpark(): void {
    if (this.#ended) this.#host.ready(-1)
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
