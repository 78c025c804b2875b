import { reasonOf } from '../contract/outcome'
import type { Stage } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Ticket } from '../contract/ticket'
import type { FailedFate } from './run-failures'
import { runningStage, type RunningStage } from './running-stage'
import { supervisorOf, type Pass, type Ruling, type Supervisor } from './supervisor'
import type { Trial, Verdict } from './trial'

/**
 * The trials of one stage: puts each item that failed before the supervisor, and settles its ticket by what is decided.
 *
 * ```text
 *   failed(trial) ─▶ supervisor ─┬─ skip, fail ────────────────────▶ the answer
 *                                ├─ retry at once ─▶ told ┐
 *                                ├─ retry later ─ timer, limit ┼─ told ─▶ the stage looks at `trial.verdict` in a turn of its own
 *                                └─ dead letter ─ written ┘
 * ```
 *
 * A retry is never begun inside `failed` or inside a promise reaction: `told` wakes a task, so that every try is a turn of
 * the scheduler and timers get theirs, however quickly an item fails. {@link Retrials} is such a task for stages with many
 * items at once.
 *
 * See {@link Calls} for many items at once; a stage with one item at a time keeps one {@link Trial}.
 *
 * Invariants: a verdict that comes after the stage has ended is `dropped`; `#waits` holds exactly the items whose next
 * try waits for its time, and is empty after `close`.
 */
export class Trials<A, T extends Trial<A> = Trial<A>> {
  readonly #stage: RunningStage<unknown>
  readonly #supervisor: Supervisor | undefined
  readonly #told: (trial: T) => void
  readonly #waits = new Map<T, () => void>()

  /**
   * @param onError the policy; `'fail'` or none: every failure is for good.
   * @param told called when a verdict is known later than `failed` has answered, and for every `again`. It changes state
   * and wakes; it calls no user code.
   */
  constructor(stage: Stage, onError: OnError<A> | undefined, told: (trial: T) => void) {
    this.#stage = runningStage(stage)
    this.#supervisor = supervisorOf(stage, onError)
    this.#told = told
  }

  /** Decides about an item whose attempt has failed. Answers the verdict; `deciding` where `told` follows. */
  failed(trial: T, error: unknown): Verdict {
    trial.hasFailed = true
    trial.error = error
    if (this.#isOver) return this.#drop(trial)
    let ruling: Ruling | Promise<Ruling>
    try {
      if (this.#supervisor === undefined) throw error
      ruling = this.#supervisor.decide(error, trial.item, trial.attempt)
    } catch (final) {
      return this.#fail(trial, final)
    }
    if (!(ruling instanceof Promise)) return this.#carryOut(trial, ruling)
    trial.verdict = 'deciding'
    this.#stage.awaitsDecision(1)
    ruling.then(
      (ruled) => {
        this.#stage.awaitsDecision(-1)
        this.#late(trial, () => this.#carryOut(trial, ruled))
      },
      (final: unknown) => {
        this.#stage.awaitsDecision(-1)
        // A letter that was not written is a loss: nobody else would hear of it where the item is not wanted any more.
        const { outcome, scope } = this.#stage
        if ((outcome !== undefined || trial.verdict === 'dropped') && !scope.isAborted) this.#stage.fail(final, trial.item, trial.attempt)
        this.#late(trial, () => this.#fail(trial, final))
      },
    )
    return 'deciding'
  }

  /** The item is not wanted any more, and its ticket is settled: what is decided about it does not count. */
  leave(trial: T): void {
    const cancel = this.#waits.get(trial)
    if (cancel) {
      cancel()
      this.#waited(trial)
    }
    trial.verdict = 'dropped'
  }

  /** The stage has ended: nobody waits for a next try any more. */
  close(): void {
    for (const [trial, cancel] of [...this.#waits]) {
      cancel()
      this.#waited(trial)
      this.#drop(trial)
      this.#told(trial)
    }
  }

  /** What fails after the run was told to stop fails because of that: it is neither tried again nor a dead letter. */
  get #isOver(): boolean {
    return this.#stage.outcome !== undefined || this.#stage.scope.isAborted
  }

  #carryOut(trial: T, ruling: Ruling): Verdict {
    if (trial.verdict === 'dropped') return 'dropped'
    if (ruling === 'nacked') return this.#nack(trial)
    if (ruling === 'restarted') this.#stage.puller.restart?.()
    if (typeof ruling === 'string') return this.#settle(trial, ruling === 'deadLettered' ? ruling : 'skipped')
    // User code that decides may have ended the run.
    if (this.#isOver) return this.#drop(trial)
    trial.verdict = 'deciding'
    const { afterMs, pass } = ruling
    this.#tell(trial, 'retried', afterMs)
    if (afterMs > 0) {
      this.#wait(trial, this.#stage.after(afterMs, () => {
        this.#waited(trial)
        this.#late(trial, () => (pass === undefined || this.#isOver ? this.#again(trial) : this.#pass(trial, pass)))
      }, 'retry'))
    } else if (pass !== undefined) {
      this.#pass(trial, pass)
    } else {
      this.#again(trial)
      this.#told(trial)
    }
    return 'deciding'
  }

  /** The next try waits for something outside, such as its turn at a limit. */
  #pass(trial: T, pass: Pass): Verdict {
    const controller = new AbortController()
    const settled = this.#stage.waitFor('permit')
    this.#wait(trial, () => {
      settled()
      controller.abort()
    })
    const after = (carryOut: () => Verdict): void => {
      // Nobody waits any more.
      if (controller.signal.aborted) return
      settled()
      this.#waited(trial)
      this.#late(trial, carryOut)
    }
    new Promise((resolve) => { resolve(pass(controller.signal)) })
      .then(() => { after(() => this.#again(trial)) }, (error: unknown) => { after(() => this.#fail(trial, error)) })
    return 'deciding'
  }

  #wait(trial: T, cancel: () => void): void {
    this.#stage.awaitsDecision(1)
    this.#waits.set(trial, cancel)
  }

  /** The wait before the next try is over, or was cancelled. */
  #waited(trial: T): void {
    this.#waits.delete(trial)
    this.#stage.awaitsDecision(-1)
  }

  #again(trial: T): Verdict {
    return this.#isOver || trial.verdict === 'dropped' ? this.#drop(trial) : (trial.verdict = 'again')
  }

  #settle(trial: T, fate: 'skipped' | 'deadLettered'): Verdict {
    trial.verdict = 'skipped'
    const { ticket } = trial
    trial.ticket = undefined
    this.#made(ticket)
    this.#stage.settle(ticket, fate)
    this.#tell(trial, fate)
    return 'skipped'
  }

  /** The item has failed, and the stage goes on: where the item came from decides whether it comes again. */
  #nack(trial: T): Verdict {
    trial.verdict = 'skipped'
    const { ticket } = trial
    trial.ticket = undefined
    this.#made(ticket)
    this.#stage.giveUp(ticket, trial.error)
    this.#tell(trial, 'nacked')
    return 'skipped'
  }

  /** An item that has failed for good is told with the failure of its stage. */
  #tell(trial: T, fate: FailedFate, retryAfterMs?: number): void {
    const { scope } = this.#stage
    if (scope.failures.watchers === undefined) return
    const { item, error, attempt } = trial
    scope.failures.tell({ stage: this.#stage, item, error, attempt }, fate, retryAfterMs)
  }

  #fail(trial: T, error: unknown): Verdict {
    if (this.#isOver || trial.verdict === 'dropped') return this.#drop(trial)
    trial.verdict = 'failed'
    trial.error = error
    const { ticket } = trial
    trial.ticket = undefined
    this.#made(ticket)
    this.#stage.giveUp(ticket, error)
    return 'failed'
  }

  /** What a source fails on, such as a page, is nothing that was read before: it counts as read now, with its fate. */
  #made(ticket: Ticket | undefined): void {
    if (ticket === undefined && this.#stage.isLeaf && this.#stage.kind === 'source') this.#stage.made(1)
  }

  #drop(trial: T): Verdict {
    trial.verdict = 'dropped'
    const { outcome, scope } = this.#stage
    trial.giveBack(outcome === undefined ? scope.reason : reasonOf(outcome))
    return 'dropped'
  }

  /** At the top of a callback. What is told of a ticket may throw, and there is nobody else to hear of it. */
  #late(trial: T, carryOut: () => Verdict): void {
    try {
      if (carryOut() === 'deciding') return
    } catch (error) {
      this.#stage.fail(error, trial.item, trial.attempt)
    }
    this.#stage.scope.scheduler.dispatch(() => { this.#told(trial) })
  }
}
