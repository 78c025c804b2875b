import { DONE, PENDING } from '../contract/answers'
import { COMPLETED, reasonOf, type Outcome } from '../contract/outcome'
import type { Outlet } from '../contract/outlet'
import type { Openable } from '../contract/source'
import type { Intake, Sink } from '../contract/sink'
import type { StageState, WakeableTask } from '../contract/stage'
import { ProtocolError } from '../errors'
import { describeValue } from '../foreign/describe-value'
import { promiseOf } from '../foreign/promise-of'
import type { Told } from '../options/about'
import { BatchTimes } from '../accounting/batch-times'
import type { RunScope } from './run-scope'
import { RunningStage } from './running-stage'

/** What a driver reports: once, when there is nothing more to pull or to write. */
export type Finished<R> = (outcome: Outcome, result: R | undefined) => void

/**
 * The end of a pipeline: pulls batches and writes them to the intake, one batch at a time.
 *
 * ```text
 *   source ─▶ … ─▶ outlet ──pull──▶ batch ──write──▶ intake
 *                    └── PENDING: rest until woken     └── promise: rest until it settles
 * ```
 *
 * Invariant: exactly one of "in a turn", "waiting for the intake", "waiting for a wake" and "over" holds.
 */
export class Driver<T, R> {
  readonly stage: RunningStage<T>
  readonly #scope: RunScope
  readonly #finished: Finished<R>
  readonly #task: WakeableTask
  readonly #times: BatchTimes
  /** The writes, as calls: at most one is under way. */
  readonly #writes = { started: 0, running: 0, concurrency: 1 }
  #outlet: Outlet<T> = UNOPENED
  /** There from the first turn on, unless it could not be opened. */
  #intake: Intake<T, R> | undefined
  /** The batch; its slots are cleared before resting, so that nothing delivered is kept alive. */
  readonly #batch: T[] = []
  #used = 0
  /** Values that were pulled, and whose write has not answered. */
  #inHand = 0
  #inTurn = false
  /** The intake deals with a batch, or with the end. */
  #writing = false
  #over = false
  #pendingEnd: Outcome | undefined

  constructor(scope: RunScope, name: string | undefined, told: Told, finished: Finished<R>) {
    this.#scope = scope
    this.#finished = finished
    const stage = new RunningStage<T>(scope, 'sink', name ?? 'sink', () => { this.#task.wake() }, told)
    this.stage = stage
    this.#task = stage.task(() => this.#turn())
    this.#times = new BatchTimes(scope, stage)
  }

  /** Opens the sink, then the source. Where nothing was opened there is nothing to close: it may be ended all the same. */
  open(source: Openable<T>, sink: Sink<T, R>): this {
    const { stage } = this
    // A sink that cannot be opened fails the run, not the call of `run`.
    stage.start(() => {
      const intake = (this.#intake = sink.open(this.#scope, stage))
      return {
        pull: () => DONE,
        close: (outcome) => (outcome.status === 'completed' ? undefined : intake.abort?.(reasonOf(outcome))),
      }
    })
    this.#outlet = stage.open(source, this.#task.wake)
    return this
  }

  start(): void {
    this.#task.wake()
  }

  /** Ends the run from outside. Inside a turn it takes effect at its end: user code is never re-entered. */
  end(outcome: Outcome): void {
    if (this.#inTurn) this.#pendingEnd ??= outcome
    else this.#finish(outcome)
  }

  #turn(): StageState {
    if (this.#writing) return 'busy'
    this.#inTurn = true
    let state: StageState = 'idle'
    try {
      state = this.#pump()
    } catch (error) {
      this.#times.end()
      this.#fail(error)
    }
    this.#inTurn = false
    // The intake failed from a callback, while nothing was being written.
    if (this.stage.failing) this.#finish({ status: 'failed', error: this.stage.error })
    else if (this.#pendingEnd) this.#finish(this.#pendingEnd)
    return state
  }

  #pump(): StageState {
    const { scheduler } = this.#scope
    const batch = this.#batch
    const intake = this.#intake as Intake<T, R>
    while (!this.#pendingEnd && !this.stage.failing) {
      const demand = intake.demand?.() ?? Infinity
      if (demand !== Infinity && (demand < PENDING || !Number.isSafeInteger(demand))) {
        throw new ProtocolError(`${this.stage.name}: demand() must answer a whole number of at least 0, Infinity or PENDING, got ${describeValue(demand)}`)
      }
      const limit = Math.min(scheduler.batch, demand)
      // A sink that takes nothing now is at work outside, and wakes the task itself.
      if (limit === PENDING) return this.#rest('busy')
      const isTimed = this.#times.begin()
      const count = limit < 1 ? DONE : this.#outlet.pull(batch, limit)
      if (isTimed && count < 1) this.#times.end()
      if (count === PENDING) return this.#rest('idle')
      if (count === DONE) return this.#endIntake(intake)
      if (count > this.#used) this.#used = count
      this.#inHand = count
      const work = intake.write(batch, count, this.#outlet.tickets ?? null)
      if (isTimed) this.#times.end()
      const promise = work === undefined ? undefined : promiseOf(work)
      if (promise) {
        const took = this.#timed()
        this.#await(promise, () => {
          this.#writing = false
          took()
          this.#written(count)
          scheduler.dispatch(this.#task.wake)
        })
        return 'busy'
      }
      this.#written(count)
      // A driver with nothing more to do has no reason to give way: it would wait for a slice instead of its wake.
      if (this.#outlet.dry === true) return this.#rest('idle')
      // One for the turn: what was written has been accounted by the stage that handed it on.
      if (scheduler.spent(1)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }

  /** A write is under way; answers what is to be called when it is over. */
  #timed(): () => void {
    const meter = this.stage.clocked()
    const figures = meter.makes(this.#writes)
    // The sink counts calls of its own.
    if (figures === undefined) return nothingToTell
    this.#writes.started++
    this.#writes.running = 1
    const since = meter.stamp()
    return () => {
      this.#writes.running = 0
      if (since !== undefined) figures.took(meter.now() - since, 1)
    }
  }

  #endIntake(intake: Intake<T, R>): StageState {
    this.#rest('idle')
    const result = intake.end()
    const promise = promiseOf(result)
    if (promise === undefined) {
      this.#finish(COMPLETED, result as R)
      return 'idle'
    }
    this.#await(promise, (value) => { this.#finish(COMPLETED, value) })
    return 'busy'
  }

  #await<V>(work: Promise<V>, then: (value: V) => void): void {
    this.#writing = true
    const failed = (error: unknown): void => { this.#fail(error) }
    work.then((value) => {
      try {
        then(value)
      } catch (error) {
        // What is told of a ticket may throw.
        failed(error)
      }
    }, failed)
  }

  #written(count: number): void {
    this.#inHand = 0
    if (this.#intake?.settles === true) this.stage.out += count
    else this.stage.delivered(this.#outlet.tickets, count)
  }

  #rest(state: StageState): StageState {
    // A loop: for the one value of an asynchronous source `fill` would cost more than the rest of the turn.
    for (let i = 0; i < this.#used; i++) this.#batch[i] = undefined as T
    this.#used = 0
    return state
  }

  #fail(error: unknown): void {
    const { stage } = this
    stage.fail(error, stage.item)
    if (this.#intake?.settles !== true) for (let i = 0; i < this.#inHand; i++) stage.giveUp(this.#outlet.tickets?.[i], error)
    this.#inHand = 0
    this.end({ status: 'failed', error })
  }

  #finish(outcome: Outcome, result?: R): void {
    if (this.#over) return
    this.#over = true
    this.#rest('idle')
    // An intake may fail from a callback while it ends, and answer all the same.
    const failed = outcome.status === 'completed' && this.stage.failing
    this.#finished(failed ? { status: 'failed', error: this.stage.error } : outcome, result)
  }
}

function nothingToTell(): void {}

/** What is pulled before anything was opened. */
const UNOPENED: Outlet<never> = { pull: () => DONE, close() {} }
