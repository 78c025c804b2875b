import { coded } from '../foreign/coded'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Failure, Run, RunOptions, RunStatus, StopReport } from '../contract/run'
import type { Sink } from '../contract/sink'
import type { Openable } from '../contract/source'
import type { Graph } from '../contract/graph'
import type { RunStats } from '../contract/stats'
import { AbortError } from '../errors'
import { messageOf } from '../foreign/print-value'
import { STOP } from '../options/run-options'
import { onAbort } from '../waiting/on-abort'
import { describeFailure } from '../observe/failure'
import { noteFailure } from '../observe/failure-of'
import { describeGraph } from '../observe/graph'
import { describeStats } from '../observe/stats'
import { RUN_SCOPE } from '../copies/brand'
import type { Told } from '../options/about'
import { siteOf } from '../observe/site-of'
import { warnOfDeadlock, watchNoMore } from '../observe/warnings/watch'
import { Driver } from '../engine/driver'
import { RunScope } from '../engine/run-scope'
import { runHasEnded } from './after-run'
import { tellOfEnd } from './on-run-end'
import { contextOf } from './watch-runs'
import { StopDeadline } from './stop-deadline'

/** What a run is made of. */
export interface Parts<T, R> {
  readonly source: Openable<T>
  readonly sink: Sink<T, R>
  /** What is known of the sink. */
  readonly told: Told
}

/**
 * A pipeline at work.
 *
 * ```text
 *   running ⇄ paused
 *      ├── the source ends ─▶ sink ends ─▶ cleanups ─▶ completed: resolves with the result
 *      ├── stop() ─▶ stopping: sources end, queues drain ─▶ completed
 *      ├── a stage fails ─▶ signal, close, cleanups ─▶ failed: rejects with the original error
 *      └── abort() / signal ─▶ signal, close, cleanups ─▶ aborted: rejects with the reason
 * ```
 */
export class Running<T, R> implements Run<R> {
  readonly name: string
  failure: Failure | undefined
  readonly #scope: RunScope
  readonly #driver: Driver<T, R>
  readonly #promise: Promise<R>
  #resolve!: (value: R) => void
  #reject!: (error: unknown) => void
  #status: RunStatus = 'running'
  #deadlineExceeded = false
  #pendingReads = 0
  #endedAt: number | undefined
  #stopping: Promise<StopReport> | undefined
  #forget: (() => void) | undefined
  #onEnd: (() => void)[] | undefined

  constructor({ source, sink, told }: Parts<T, R>, options: RunOptions | undefined) {
    this.#scope = new RunScope(options)
    const signal = this.#scope.outside
    this.name = this.#scope.name
    this.#promise = new Promise<R>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#driver = new Driver<T, R>(this.#scope, sink.name, told, (outcome, result) => { this.#end(outcome, result) })
    // A run that has ended before it began opens nothing.
    if (signal?.aborted !== true) this.#driver.open(source, sink)
    this.#scope.start()
    this.#scope.tasks.within = contextOf(this)
    this.#scope.onDeadlock = endingBy(this.#driver, this.#scope)
    this.#follow(signal)
    this.#driver.start()
  }

  get [RUN_SCOPE](): RunScope {
    return this.#scope
  }

  get status(): RunStatus {
    return this.#status
  }

  get unstopped(): readonly string[] {
    return [...this.#scope.cleanups.unstopped]
  }

  then<A = R, B = never>(
    onResolved?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onResolved, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<R | B> {
    return this.#promise.catch(onRejected)
  }

  finally(onSettled?: (() => void) | null): Promise<R> {
    return this.#promise.finally(onSettled)
  }

  stop(options?: { readonly deadlineMs?: number | undefined }): Promise<StopReport> {
    const { deadlineMs } = STOP.read(options)
    return (this.#stopping ??= this.#stop(deadlineMs ?? this.#scope.cleanups.deadlineMs))
  }

  async abort(reason: unknown = new AbortError(`${this.name} was aborted`)): Promise<void> {
    // Whoever aborts knows how the run ends; that nobody awaits it is no unhandled rejection.
    const settled = this.#promise.then(noop, noop)
    this.#driver.end({ status: 'cancelled', reason })
    await settled
  }

  pause(): void {
    if (this.#status !== 'running') return
    this.#status = 'paused'
    this.#scope.tasks.pause()
  }

  resume(): void {
    if (this.#status !== 'paused') return
    this.#status = 'running'
    this.#scope.tasks.resume()
  }

  stats(): RunStats {
    return describeStats(this.#scope, this.#status, this.#endedAt)
  }

  graph(): Graph {
    return describeGraph(this.#scope)
  }

  /** See `onRunEnd`. */
  onEnd(told: () => void): void {
    if (this.#endedAt !== undefined) tellOfEnd(told)
    else (this.#onEnd ??= []).push(told)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(deadlineMs: number): Promise<StopReport> {
    const { clock } = this.#scope
    const startedAt = clock.now()
    const settled = this.#promise.then(noop, noop)
    this.resume()
    if (this.#status === 'running') {
      this.#status = 'stopping'
      this.#scope.beginStop()
      const deadline = new StopDeadline(this.#scope, deadlineMs, () => {
        this.#driver.end({ status: 'cancelled', reason: new AbortError(`${this.name} had not stopped in ${deadlineMs} ms`) })
      })
      for (const stage of [...this.#scope.stages]) {
        if (stage.kind === 'source') stage.halt()
        else stage.puller.onStop?.()
      }
      await settled
      deadline.cancel()
      this.#deadlineExceeded = deadline.hasPassed
      this.#pendingReads = deadline.pendingReads
    } else {
      await settled
    }
    return {
      status: this.#status as StopReport['status'],
      finished: this.#driver.stage.out,
      abandoned: this.#scope.totals.describe(this.#scope.stages, true).abandoned,
      nacked: this.#scope.nacked,
      elapsedMs: clock.now() - startedAt,
      deadlineExceeded: this.#deadlineExceeded,
      pendingReads: this.#pendingReads,
      unstopped: this.unstopped,
    }
  }

  /** Ends with a signal from outside, until the run ends. */
  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const end = (): void => { this.#driver.end({ status: 'cancelled', reason: signal.reason as unknown }) }
    if (signal.aborted) end()
    else this.#forget = onAbort(signal, end)
  }

  /** The driver is done: signal first, then close everything, then wait for the cleanups. */
  #end(outcome: Outcome, result: R | undefined): void {
    const { within } = this.#scope.tasks
    if (within === undefined) this.#close(outcome, result)
    // Whoever aborts a run is somebody else than whoever began it.
    else within(() => { this.#close(outcome, result) })
  }

  #close(outcome: Outcome, result: R | undefined): void {
    this.#forget?.()
    const scope = this.#scope
    if (outcome.status === 'failed') this.failure = describeFailure(scope, outcome.error, scope.redact)
    scope.end(this.#driver.stage, outcome, () => {
      const errors = [...scope.cleanups.errors]
      this.#endedAt = scope.clock.now()
      scope.atEnd = scope.clock.ledger.mark()
      if (errors.length === 0) {
        this.#settle(outcome, result)
        return
      }
      const ended: Outcome =
        outcome.status !== 'completed' ? outcome
        : { status: 'failed', error: errors.length === 1 ? errors[0] : coded('SLUICE_CLEANUP', new AggregateError(errors, `${this.name}: cleanups failed`)) }
      // Nobody awaits the errors of cleanups of an aborted run; whoever aborted it can at least look them up.
      this.failure ??= describeFailure(scope, reasonOf(ended), scope.redact)
      this.#settle(ended, result)
    })
  }

  #settle(outcome: Outcome, result: R | undefined): void {
    this.#status = outcome.status === 'cancelled' ? 'aborted' : outcome.status
    if (outcome.status === 'completed') this.#resolve(result as R)
    else {
      const error = reasonOf(outcome)
      if (this.failure !== undefined) noteFailure(error, this.failure)
      this.#reject(error)
    }
    watchNoMore(this, (this.#endedAt as number) - this.#scope.openedAt)
    for (const told of this.#onEnd ?? []) tellOfEnd(told)
    runHasEnded()
  }
}

/**
 * Fails a run in which nothing can go on.
 *
 * The closure is made here because it must not hold the run: with the scope holding the run, short runs one after the other kept
 * each other alive from one small collection to the next, and cost five times as much (`npm run bench -- --case short-runs`).
 */
function endingBy(driver: { end(outcome: Outcome): void }, scope: RunScope): NonNullable<RunScope['onDeadlock']> {
  return (stage, error) => {
    scope.failures.began({ stage, error, item: undefined, attempt: 1 })
    warnOfDeadlock(scope, stage.name, siteOf(stage), messageOf(error))
    driver.end({ status: 'failed', error })
  }
}

function noop(): void {}
