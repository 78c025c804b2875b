import type { Clock } from './clock'
import type { Scheduler } from './scheduler'
import type { Graph } from './graph'
import type { RunStats } from './stats'
import type { Warning } from './warning'

/** Options of {@link Pipeline.run}. */
export interface RunOptions {
  /** Aborts the run when it aborts; its reason is what the run rejects with. */
  readonly signal?: AbortSignal | undefined
  /** Shown in failures and stats. Default `'run'`. */
  readonly name?: string | undefined
  /** What of a failing item is kept in {@link Failure.item}. Default: the item itself. */
  readonly redact?: ((item: unknown) => unknown) | undefined
  /** How long, in ms, the end of a run waits for cleanups and for work that was told to stop. Default 10,000. */
  readonly closeDeadlineMs?: number | undefined
  /**
   * Is told what should not be, without being asked: a stall, a deadlock, values that are dropped for lack of room, a stage that holds the
   * event loop. Once for each kind and stage, and again after a clear minute. Default: a line on the console.
   *
   * Runs on the clock of the platform are looked at about each second; those on a clock of their own when they end, and by `lookAt`.
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined
  readonly clock?: Clock | undefined
  readonly scheduler?: Scheduler | undefined
  /** A number in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** A source with a sink: a value. Run it as often as you like; runs know nothing of each other. */
export interface Pipeline<R> {
  run(options?: RunOptions): Run<R>
}

/** Where and on what a run failed. */
export interface Failure {
  /** The name of the stage. */
  readonly stage: string
  /** Its place in the pipeline: 0 is the source. */
  readonly position: number
  /** The item it was working on, as `redact` left it; undefined where there was none. */
  readonly item: unknown
  /** 1 on the first try. */
  readonly attempt: number
  /** The original error, which is also what the run rejects with. */
  readonly error: unknown
  /** Errors that came after it or beside it: of cleanups, of work still in flight. */
  readonly suppressed: readonly unknown[]
  /** Names of the stages from the source to the one that failed. */
  readonly path: readonly string[]
  /** Where the stage was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  /** One line that says all this. */
  readonly message: string
}

/** Where a run stands: at work (`running`, `paused`, `stopping`), or ended (`completed`, `failed`, `aborted`). */
export type RunStatus = 'running' | 'paused' | 'stopping' | 'completed' | 'failed' | 'aborted'

/** What a graceful stop came to. */
export interface StopReport {
  readonly status: 'completed' | 'failed' | 'aborted'
  /** Values the sink dealt with, over the whole run. */
  readonly finished: number
  /** Values that sources had given and that were not dealt with; see {@link RunTotals.abandoned}. */
  readonly abandoned: number
  /** Tickets that were given back unsettled or failed, over the whole run. */
  readonly nacked: number
  /** From the call of `stop` to the end, in ms. */
  readonly elapsedMs: number
  /** True when the deadline passed and the rest was cut off. */
  readonly deadlineExceeded: boolean
  /** Reads that had been begun before the stop, and had given nothing when the deadline passed. */
  readonly pendingReads: number
  /** Names of the stages that were cut off by the deadline, and of those that had not stopped when the run settled. */
  readonly unstopped: readonly string[]
}

/** A pipeline at work. Await it for the sink's result; it settles exactly once. */
export interface Run<R> extends PromiseLike<R>, AsyncDisposable {
  readonly name: string
  readonly status: RunStatus
  /** Set when the run has failed, before it rejects; also where it was aborted and cleanups failed, which are `suppressed`. */
  readonly failure: Failure | undefined
  /** Names of the stages that ignored being told to stop until the close deadline had passed. */
  readonly unstopped: readonly string[]
  /** As the method of a promise: a promise of the result, or of what `onRejected` makes of the error that the run rejects with. */
  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<R | B>
  /** As the method of a promise: calls `onSettled` when the run has ended, however that was, and goes on with the result or the error. */
  finally(onSettled?: (() => void) | null): Promise<R>
  /**
   * Graceful end: sources begin no further read, what was read is dealt with, the sink ends and the run resolves with its
   * result. Sources that were opened for an item are read to their end, live ones among them are not.
   *
   * After `deadlineMs` (default: the `closeDeadlineMs` of the run) what is left is cut off. Where nothing but reads of
   * sources is left, the run completes without them; else it is aborted. Never rejects; a second call answers the same
   * report.
   */
  stop(options?: { readonly deadlineMs?: number | undefined }): Promise<StopReport>
  /** Ends now: signal first, then close. The run rejects with `reason`. Answers when everything was cleaned up. */
  abort(reason?: unknown): Promise<void>
  /** No stage starts anything new; what is in flight goes on and waits in its queue. */
  pause(): void
  resume(): void
  stats(): RunStats
  graph(): Graph
}
