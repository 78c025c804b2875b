import type { LedgerMark } from '../accounting/loop-ledger'
import { answeredNumber } from '../answered'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Outlet, Wake } from '../contract/outlet'
import type { RunOptions } from '../contract/run'
import type { Scheduler } from '../contract/scheduler'
import type { Scope } from '../contract/scope'
import type { Openable } from '../contract/source'
import type { UpstreamRole } from '../contract/stage'
import type { Told } from '../options/about'
import type { Warning } from '../contract/warning'
import { RUN } from '../options/run-options'
import { SCOPE, speaks } from '../copies/brand'
import { PROTOCOL } from '../copies/protocol'
import type { Sampler } from '../accounting/sampler'
import { systemClock } from '../time/clock'
import { Cleanups } from './cleanups'
import { allowManyListeners } from './many-listeners'
import { loopBefore, type LoopReading } from './platform'
import { RunFailures } from './run-failures'
import { RunClock } from './run-clock'
import { RunTasks } from './run-tasks'
import { isStage } from './is-stage'
import { RunningStage } from './running-stage'
import { sharedScheduler } from './slice-scheduler'
import { findDeadlock } from './deadlock'
import { Totals } from './totals'

/**
 * What one run shares: the stages it is made of, its tasks, tickets, cleanups and failures.
 *
 * Invariants: a stage is in `stages` from its opening until the run ends, or until it ends where it was opened in the
 * middle of a run (inner sources come and go; the list must not grow with them).
 */
export class RunScope implements Scope {
  readonly clock: RunClock
  readonly scheduler: Scheduler
  readonly random: () => number
  readonly name: string
  /** What is kept of an item that failed. */
  readonly redact: ((item: unknown) => unknown) | undefined
  /** Is told what should not be. */
  readonly onWarning: ((warning: Warning) => void) | undefined
  /** Ends the run when it aborts. */
  readonly outside: AbortSignal | undefined
  readonly stages = new Set<RunningStage<unknown>>()
  readonly cleanups: Cleanups
  readonly tasks: RunTasks
  readonly failures = new RunFailures()
  /** What became of values whose stages do not count them themselves. */
  readonly totals = new Totals()
  readonly openedAt: number
  /** What all runs had done with the event loop when this one was opened. */
  readonly before: LedgerMark
  /** And when it had ended; undefined before that. */
  atEnd: LedgerMark | undefined
  /** What the event loop had done before, where the run goes by the clock of the platform. */
  readonly loopBefore: LoopReading | undefined

  #stopping = false
  #started = false
  #nacked = 0
  /** Called when all stages have ended, the last one first. */
  readonly #finalizers: (() => unknown)[] = []
  /** Gives back the tickets that are left when all else is over; absent until a ticket is issued. */
  #giveBackTickets: (() => void) | undefined
  /** What is done when every ticket is settled; absent for most runs. */
  #afterTickets: { readonly owner: string; readonly finish: () => unknown }[] | undefined
  #isAborted = false
  #reason: unknown

  #controller: AbortController | undefined
  /** Told where nothing of the run can go on; absent where somebody else decides what is asked next. */
  onDeadlock: ((stage: RunningStage<unknown>, error: unknown) => void) | undefined
  #opening: RunningStage<unknown> | undefined
  /** What is opened now was made of an item. */
  opensForItem = false
  /** Times the batch that is worked on step by step; absent for most batches. */
  sampler: Sampler | undefined
  get [SCOPE](): number {
    return PROTOCOL
  }

  constructor(options?: RunOptions) {
    const { clock, scheduler, random, name, redact, onWarning, signal, closeDeadlineMs } = RUN.read(options)
    this.clock = new RunClock(clock ?? systemClock)
    this.scheduler = scheduler ?? sharedScheduler()
    this.tasks = new RunTasks(this.scheduler, () => { this.#lookForDeadlock() })
    this.random = random ? checkedRandom(random) : Math.random
    this.name = name
    this.redact = redact
    this.onWarning = onWarning
    this.outside = signal
    this.cleanups = new Cleanups(this.clock, closeDeadlineMs)
    this.openedAt = this.clock.now()
    this.before = this.clock.ledger.mark()
    this.loopBefore = this.clock.isExact ? undefined : loopBefore(this.openedAt)
  }

  /** A graceful stop was asked for. */
  get stopping(): boolean {
    return this.#stopping
  }

  get paused(): boolean {
    return this.tasks.paused
  }

  /** All was opened: stages that are opened from now on are inner ones. */
  get started(): boolean {
    return this.#started
  }

  /** How many tickets were given back. */
  get nacked(): number {
    return this.#nacked
  }

  /** The signal was given, whether or not anybody listens. */
  get isAborted(): boolean {
    return this.#isAborted
  }

  /** What the signal gave, or would have given. */
  get reason(): unknown {
    return this.#reason
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      allowManyListeners(this.#controller.signal)
      if (this.#isAborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** How many stages the stage that is being opened stands behind. */
  get depth(): number {
    return this.#opening?.depth ?? 0
  }

  /** A stage is being made; answers who opens it. */
  enter(stage: RunningStage<unknown>): RunningStage<unknown> | undefined {
    this.stages.add(stage)
    return this.#opening
  }

  leave(stage: RunningStage<unknown>): void {
    if (!this.#started || stage.opener === undefined || !stage.inner) return
    this.stages.delete(stage)
    stage.hasLeft = true
    this.totals.retire(stage)
    // What an inner source has worked is a part of what its stage has.
    stage.opener.sampledMs += stage.sampledMs
    // One that has ended is going too, and what was before it is wanted should the run fail by its failure.
    const { consumer } = stage
    if (consumer === undefined || consumer.outcome !== undefined) return
    consumer.upstreams.delete(stage)
    consumer.cameFromGone += stage.out
    // What works ahead in an inner source outlives the stage before it, and may still fail. The last one alone, so nothing grows.
    if (consumer.inner) consumer.before = stage
  }

  /** Opens `upstream` as an input of `consumer`. What was not made by the kernel is wrapped, so that it keeps the rules. */
  openFor<T>(consumer: RunningStage<unknown>, upstream: Openable<T>, wake: Wake, role?: UpstreamRole): Outlet<T> {
    // What comes out of a source that opens another one was read there.
    consumer.isLeaf = false
    // A source that opens another one wraps it; an operator makes it of an item, unless it says otherwise.
    const forItem = consumer.forItem || (consumer.hasStarted && consumer.kind === 'operator' && role !== 'source')
    const outer = this.#opening
    const outerForItem = this.opensForItem
    this.#opening = consumer
    this.opensForItem = forItem
    // No function in between: of stages behind one another there may be hundreds, and the stack has to do for all.
    let outlet: Outlet<T>
    try {
      const opened = upstream.open(this, wake)
      outlet = isStage(opened) ? opened : this.#wrap(wake, () => opened)
    } catch (error) {
      // Opening never fails: else what was opened before would stay open.
      outlet = this.#wrap(wake, () => { throw error })
    }
    this.#opening = outer
    this.opensForItem = outerForItem
    return outlet
  }

  #wrap<T>(wake: Wake, open: () => Outlet<T>): Outlet<T> {
    return new RunningStage<T>(this, 'source', 'source', wake).start(open)
  }

  /** Every stage that `open` makes is one that `opener` opened. */
  under<R>(opener: RunningStage<unknown>, open: () => R, forItem = opener.forItem): R {
    const outer = this.#opening
    const outerForItem = this.opensForItem
    this.#opening = opener
    this.opensForItem = forItem
    try {
      return open()
    } finally {
      this.#opening = outer
      this.opensForItem = outerForItem
    }
  }

  /** The stage of an operator that `opener` opens: what {@link under} does, without a function for each. */
  makeUnder(opener: RunningStage<unknown>, name: string, wake: Wake, told: Told): RunningStage<unknown> {
    const outer = this.#opening
    const outerForItem = this.opensForItem
    this.#opening = opener
    this.opensForItem = opener.forItem
    const stage = new RunningStage<unknown>(this, 'operator', name, wake, told)
    this.#opening = outer
    this.opensForItem = outerForItem
    return stage
  }

  afterOthers(then: Wake): boolean {
    return this.tasks.afterOthers(then)
  }

  /** A stage has handed on a batch of `count` values. */
  handedOn(count: number): void {
    this.tasks.moved = (this.tasks.moved + 1) | 0
    this.scheduler.worked?.(count)
  }

  /** No task is ready and a stage is full: that is a deadlock unless something else may still wake a stage. */
  #lookForDeadlock(): void {
    if (this.onDeadlock === undefined || this.#isAborted || this.clock.pendingTimers > 0 || this.cleanups.isBusy) return
    const found = findDeadlock(this)
    if (found) this.onDeadlock(found.stage, found.error)
  }

  /** All was opened. */
  start(): void {
    this.#started = true
  }

  /** From now on sources begin no further read. */
  beginStop(): void {
    this.#stopping = true
  }

  /** A ticket of a tracked source was given back. */
  ticketNacked(): void {
    this.#nacked++
  }

  /** Has `giveBack` called when all else is over: the tickets that nobody has settled go back. */
  issuesTickets(giveBack: () => void): void {
    this.#giveBackTickets = giveBack
  }

  /** Has `finish` called when the tickets are settled, whatever the outcome; awaited. */
  afterTickets(owner: string, finish: () => unknown): void {
    (this.#afterTickets ??= []).push({ owner, finish })
  }

  /** Has `finalizer` called when all stages have ended, whatever the outcome; the last one first, all awaited. */
  finallyDo(finalizer: () => unknown): void {
    this.#finalizers.push(finalizer)
  }

  /** An error of a stage that had ended: where it had not failed, nobody knows of one yet, and this one fails the run. */
  failedLate(error: unknown, outcome: Outcome): void {
    if (outcome.status === 'failed') this.failures.cameBeside(error)
    else this.cleanups.errors.add(error)
  }

  /** Ends the run: signal first, then close from the end, then the cleanups; `then` is called when all is over. */
  end(root: RunningStage<unknown>, outcome: Outcome, then: () => void): void {
    this.tasks.unpause()
    if (outcome.status !== 'completed') {
      this.#isAborted = true
      this.#reason = reasonOf(outcome)
      this.#controller?.abort(this.#reason)
    }
    root.close(outcome)
    this.cleanups.whenIdle(() => {
      // What did not stop in time has left its upstreams open: they are told now.
      for (const stage of [...this.stages]) stage.close(outcome)
      for (const finalizer of this.#finalizers.reverse()) this.cleanups.run('finalizer', finalizer)
      this.cleanups.whenIdle(() => {
        this.#giveBackTickets?.()
        if (this.#afterTickets === undefined) {
          then()
          return
        }
        for (const { owner, finish } of this.#afterTickets) this.cleanups.run(owner, finish)
        this.cleanups.whenIdle(then)
      })
    })
  }
}

/** A wait that is left to chance would be NaN with a chance that is. */
function checkedRandom(random: () => number): () => number {
  return () => answeredNumber('run', 'random', random(), 0, 1)
}

/** Whether an object is the scope of a run, of this copy or of another one. */
export function isScope(value: unknown): value is RunScope {
  return typeof value === 'object' && value !== null && speaks((value as { readonly [SCOPE]?: number })[SCOPE])
}
