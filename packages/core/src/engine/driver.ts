import { DONE, PENDING } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Outlet } from '../contract/outlet'
import type { Openable } from '../contract/source'
import type { Intake, Sink } from '../contract/sink'
import type { StageState } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { isThenable } from './cleanups'
import type { RunScope } from './run-scope'
import { RunTask } from './run-task'
import { RunningStage } from './running-stage'
import { ackAll, nackAll } from './tickets'

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
 * Invariant: exactly one of "in a turn", "writing", "waiting for a wake" and "finished" holds.
 */
export class Driver<T, R> {
  readonly stage: RunningStage<T>
  readonly #scope: RunScope
  readonly #finished: Finished<R>
  readonly #task: RunTask
  readonly #intake: Intake<T, R>
  readonly #outlet: Outlet<T>
  readonly #tickets: Tickets | null
  /** The batch; its slots are cleared before resting, so that nothing delivered is kept alive. */
  readonly #batch: T[] = []
  #used = 0
  #inTurn = false
  #writing = false
  #ending = false
  #over = false
  #pendingEnd: Outcome | undefined

  constructor(scope: RunScope, source: Openable<T>, sink: Sink<T, R>, finished: Finished<R>) {
    this.#scope = scope
    this.#finished = finished
    this.stage = new RunningStage<T>(scope, 'sink', sink.name ?? 'sink', () => { this.#task.wake() })
    this.#task = new RunTask(scope, this.stage.clocked(), () => this.#turn())
    this.#intake = this.#openIntake(sink)
    this.stage.start(() => ({ pull: () => DONE, close: (outcome) => this.#closeIntake(outcome) }))
    this.#outlet = this.stage.open(source, this.#task.wake)
    this.#tickets = this.#outlet.tickets ?? null
  }

  start(): void {
    this.#task.wake()
  }

  /** A sink that cannot be opened fails the run, not the call of `run`. */
  #openIntake(sink: Sink<T, R>): Intake<T, R> {
    try {
      return sink.open(this.#scope, this.stage)
    } catch (error) {
      const refuse = (): never => {
        throw error
      }
      return { demand: refuse, write: refuse, end: refuse }
    }
  }

  /** Ends the run from outside. Inside a turn it takes effect at its end: user code is never re-entered. */
  end(outcome: Outcome): void {
    if (this.#over) return
    if (this.#inTurn) this.#pendingEnd ??= outcome
    else this.#finish(outcome, undefined)
  }

  #turn(): StageState {
    if (this.#over || this.#ending) return 'idle'
    if (this.#writing) return 'busy'
    this.#inTurn = true
    let state: StageState
    try {
      state = this.#pump()
    } catch (error) {
      this.#fail(error)
      state = 'idle'
    }
    this.#inTurn = false
    if (this.#pendingEnd) this.#finish(this.#pendingEnd, undefined)
    return state
  }

  #pump(): StageState {
    const { scheduler } = this.#scope
    const batch = this.#batch
    while (this.#pendingEnd === undefined) {
      // The intake failed from a callback, while nothing was being written.
      if (this.stage.failing) throw this.stage.error
      let limit = scheduler.batch
      if (this.#intake.demand) limit = Math.min(limit, this.#intake.demand())
      if (limit === PENDING) return this.#rest('backpressured')
      if (limit < 1) return this.#endIntake()
      const count = this.#outlet.pull(batch, limit)
      if (count === PENDING) return this.#rest('idle')
      if (count === DONE) return this.#endIntake()
      if (count > this.#used) this.#used = count
      const work = this.#intake.write(batch, count, this.#tickets)
      if (work !== undefined && this.#wait(work, count)) return 'busy'
      this.#written(count)
      if (scheduler.spent(count)) {
        this.#task.wake()
        return 'busy'
      }
      if (this.#outlet.dry === true) return this.#rest('idle')
    }
    return 'idle'
  }

  /** Rests until the intake has dealt with the batch; false where what it answered is no promise. */
  #wait(work: PromiseLike<void>, count: number): boolean {
    if (!isThenable(work)) return false
    this.#writing = true
    work.then(
      () => {
        this.#writing = false
        this.#written(count)
        this.#scope.scheduler.dispatch(this.#task.wake)
      },
      (error: unknown) => {
        this.#writing = false
        this.#fail(error)
      },
    )
    return true
  }

  #written(count: number): void {
    this.stage.out += count
    if (this.#tickets !== null && this.#intake.settles !== true) ackAll(this.#tickets, count)
  }

  #rest(state: StageState): StageState {
    // A loop: for the one value of an asynchronous source `fill` would cost more than the rest of the turn.
    for (let i = 0; i < this.#used; i++) this.#batch[i] = undefined as T
    this.#used = 0
    return state
  }

  #endIntake(): StageState {
    this.#rest('idle')
    this.#ending = true
    const result = this.#intake.end()
    if (isThenable(result)) {
      result.then(
        (value) => { this.#finish({ status: 'completed' }, value) },
        (error: unknown) => { this.#fail(error) },
      )
      return 'busy'
    }
    this.#pendingEnd = undefined
    this.#finish({ status: 'completed' }, result)
    return 'idle'
  }

  #fail(error: unknown): void {
    if (this.#over) {
      this.#scope.alsoFailed(error)
      return
    }
    if (this.#scope.originOf(error) === undefined) this.#scope.failed(this.stage, error, this.stage.item, 1)
    if (this.#intake.settles !== true) nackAll(this.#tickets, 0, this.#used, error)
    this.#finish({ status: 'failed', error }, undefined)
  }

  #finish(outcome: Outcome, result: R | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#pendingEnd = undefined
    this.#rest('idle')
    this.#finished(outcome, result)
  }

  #closeIntake(outcome: Outcome): unknown {
    if (outcome.status === 'failed') return this.#intake.abort?.(outcome.error)
    if (outcome.status === 'cancelled') return this.#intake.abort?.(outcome.reason)
    return undefined
  }
}
