import { DONE, PENDING } from '../contract/answers'
import { COMPLETED, type Outcome } from '../contract/outcome'
import type { Outlet, Wake } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Openable } from '../contract/source'
import type { Stage, StageState, UpstreamRole, WakeableTask } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { STAGE } from '../copies/brand'
import { PROTOCOL } from '../copies/protocol'
import { ProtocolError } from '../errors'
import type { Told } from '../options/about'
import { capture } from '../site/capture'
import type { RunScope } from './run-scope'
import { CONSUMER_DONE, HALTED, NOTHING, nothing } from './endings'
import { isStage } from './is-stage'
import { RunTask } from './run-task'
import { StageAccount } from './stage-account'
import { markCutShort, someBefore } from './upstreams'

export type StageKind = 'source' | 'operator' | 'sink'

/**
 * A stage of one run: the protocol round what an author wrote. Both what the author is given ({@link Stage}) and what
 * the consumer pulls from ({@link Outlet}).
 *
 * ```text
 *   open ──pull: count, PENDING──▶ open
 *     ├── pull: DONE ──────────────────────────────▶ ended (completed)
 *     ├── throw / fail() ─▶ failing: what is still held comes out ─▶ throws ─▶ ended (failed)
 *     └── close(outcome) ──────────────────────────▶ ended (outcome)
 * ```
 *
 * Invariants: `#puller.close` is called exactly once, when the stage ends; every upstream is closed exactly once,
 * then too, unless it ended by itself; after the end a pull is answered DONE and reaches nobody.
 */
export class RunningStage<T> extends StageAccount implements Stage, Outlet<T> {
  declare readonly scope: RunScope

  get [STAGE](): number {
    return PROTOCOL
  }

  readonly kind: StageKind
  readonly wake: Wake
  /** Under whom this stage was opened; undefined for the end of the run. */
  readonly opener: RunningStage<unknown> | undefined
  /** Who pulls this stage; undefined at the end of a pipeline. Edges of the graph. */
  readonly consumer: RunningStage<unknown> | undefined
  /** Who hands this stage its values without being pulled by it: one branch of several starts here. An edge, too. */
  feeder: RunningStage<unknown> | undefined
  /** Another run reads what this stage hands out. */
  feedsOtherRuns = false
  readonly inner: boolean
  readonly forItem: boolean
  /** Its author has made the running half: what the stage opens from now on, it opens in the middle of its work. */
  hasStarted = false
  readonly upstreams = new Set<RunningStage<unknown>>()
  /** The upstream that has ended and left last, in an inner source: the way to this stage is told by it. */
  before: RunningStage<unknown> | undefined
  /** How many stages it stands behind, itself included; a step pulled as one with its consumer counts with that one. */
  depth: number

  pulls = 0
  ready = 0
  dry = false

  /** Failures of user code are put before a supervisor first. */
  supervised = false
  outcome: Outcome | undefined
  puller: Puller<T> = NOTHING
  /** It has failed: what it still holds comes out first, and its end throws `error`. */
  failing = false
  error: unknown
  /** A stop has told it to begin no further read. */
  halted = false
  cutShort = false
  /** A stop left it alone, for it is not live; whether a source is may show only once it has begun. */
  #haltsIfLive = false
  /** Its last pull was answered PENDING. */
  isPending = false
  /** What the stage waits for by itself is not waited for any more. */
  #isCut = false
  readonly tasks: RunTask[] = []
  #pulling = false
  #closeAfterPull: Outcome | undefined

  constructor(scope: RunScope, kind: StageKind, name: string, wake: Wake, told?: Told) {
    super(scope, name, kind === 'source', told)
    this.kind = kind
    this.wake = wake
    this.inner = scope.started
    this.opener = scope.enter(this)
    this.forItem = scope.opensForItem
    this.depth = (this.opener?.depth ?? 0) + 1
    // A sink inside a run is ended by its driver, not by whoever opened it.
    this.consumer = kind === 'sink' ? undefined : this.opener
    this.consumer?.upstreams.add(this)
  }

  /** Gives the stage what `open` makes, of `upstream` where it is behind one. Where that throws, the first pull does: opening never fails. */
  start<U>(open: (stage: RunningStage<T>, upstream: U) => Puller<T> | undefined, upstream?: U): this {
    const outer = capture.inside
    capture.inside = this
    try {
      this.puller = open(this, upstream as U) ?? NOTHING
    } catch (error) {
      this.#fail(error, undefined, 1)
    }
    capture.inside = outer
    this.hasStarted = true
    if (this.kind === 'source' && this.scope.stopping) this.halt()
    return this
  }

  get tickets(): Tickets | null {
    return this.puller.tickets ?? null
  }

  get endedEarly(): boolean {
    return someBefore(this, (stage) => stage.halted)
  }

  get ended(): boolean {
    return this.outcome !== undefined
  }

  pull(into: T[], limit: number): number {
    if (this.outcome !== undefined) return DONE
    if (this.#pulling) throw new ProtocolError(`${this.name}: pulled while it was being pulled`)
    // Whatever loops round pulls gives way here: what is answered PENDING rests, and the wake brings the next turn.
    if (this.scope.scheduler.isSpent?.() === true) {
      this.wake()
      return PENDING
    }
    this.#pulling = true
    // Wraps round, so that the counter stays a small integer in a run without end.
    this.pulls = (this.pulls + 1) | 0
    this.ready = 0
    this.dry = false
    // A stage with a task of its own is timed by that: what its consumer takes out of it is the consumer's work.
    let { sampler } = this.scope
    if (sampler !== undefined && this.tasks.length > 0) sampler = undefined
    if (sampler !== undefined) sampler.enter(this)
    let count: number
    try {
      count = this.puller.pull(into, limit)
      if (count === 0) count = this.#again(into, limit)
      if (count > limit || count < DONE || count !== (count | 0)) {
        throw new ProtocolError(`${this.name}: pull(limit ${limit}) answered ${count}`)
      }
    } catch (error) {
      this.#fail(error, this.item, 1)
      this.#retire()
      // Values before the failure are on their way; the next pull throws it.
      count = this.ready || DONE
    }
    if (sampler !== undefined) sampler.exit()
    if (this.taps !== undefined && count > 0) this.taps.passed(into, count)
    this.#pulling = false
    this.isPending = count === PENDING
    if (this.#haltsIfLive && this.isPending) this.halt()
    if (count > 0) {
      this.out += count
      this.scope.handedOn(count)
    }
    // A failure that is due now is thrown, whoever closed meanwhile; and a stop leaves it to come after its values.
    const failing = this.failing && (count === DONE || this.#closeAfterPull === HALTED)
    if (this.#closeAfterPull && !failing) {
      this.#end(this.#closeAfterPull)
      return count > 0 ? count : DONE
    }
    if (count !== DONE) return count
    if (failing) {
      this.#end({ status: 'failed', error: this.error })
      throw this.error
    }
    this.#end(COMPLETED)
    return DONE
  }

  close(outcome: Outcome): void {
    if (this.outcome === undefined && !this.endsAfterPull(outcome)) this.#end(outcome)
  }

  open<U>(upstream: Openable<U>, wake: Wake = this.wake, role?: UpstreamRole): Outlet<U> {
    return this.scope.openFor(this, upstream, wake, role)
  }

  get live(): boolean {
    return this.puller.live === true
  }

  task(run: () => StageState): WakeableTask {
    this.tasks.push(new RunTask(this.scope.tasks, this, this.clocked(), run))
    return this.tasks.at(-1) as WakeableTask
  }

  fail(error: unknown, item?: unknown, attempt = 1): void {
    if (this.outcome) this.scope.failedLate(error, this.outcome)
    else if (this.#fail(error, item, attempt, true)) this.wake()
  }

  failAfter(count: number, error: unknown, item: unknown, ticket?: Ticket | null, attempt = 1): number {
    if (this.supervised) throw error
    if (ticket !== null) this.giveUp(ticket, error)
    this.#fail(error, item, attempt)
    if (count === 0) throw error
    this.#retire()
    return count
  }

  giveWay(written: number): number {
    if (written > 0) return written
    this.wake()
    return PENDING
  }

  linger(work: PromiseLike<unknown>, onLeft?: () => void): void {
    if (this.#isCut) this.scope.cleanups.leave(this.name, work)
    else this.scope.cleanups.add(this.name, work, true, undefined, onLeft)
  }

  /** The deadline of a stop has passed while a read was out: the source ends without it. */
  cutRead(): void {
    this.#isCut = true
    this.scope.cleanups.unstopped.add(this.name)
    this.close(HALTED)
    this.wake()
  }

  fedBy(feeder: Stage): void {
    if (feeder.scope !== this.scope) {
      runningStage(feeder).feedsOtherRuns = true
      return
    }
    this.isLeaf = false
    this.feeder = runningStage(feeder)
  }

  /** The run is stopping gracefully: a source ends as if it had run dry. */
  halt(): void {
    if (this.outcome !== undefined) return
    if ((this.#haltsIfLive = this.forItem && !this.live)) return
    // The sources that it has opened are halted themselves; what is on its way from there still comes out here.
    if (!this.isLeaf && this.puller.halt === undefined) return
    this.halted = true
    markCutShort(this)
    if (!this.puller.halt?.()) {
      // A stop cuts short what is to come, not a failure that has happened.
      if (this.failing) this.#retire()
      else this.close(HALTED)
    }
    this.wake()
  }

  /** The author found nothing in a batch. Asks again, for as much work as was wanted anyway, then lets others run. */
  #again(into: T[], limit: number): number {
    for (let left = Math.max(limit, 16); left > 0; left -= limit) {
      if (this.dry) return PENDING
      if (this.scope.scheduler.spent(1)) break
      const count = this.puller.pull(into, limit)
      if (count !== 0) return count
    }
    this.wake()
    return PENDING
  }

  /** The first error is the one the stage ends with; true for that one. */
  #fail(error: unknown, item: unknown, attempt: number, isAbout = false): boolean {
    if (this.failing) {
      if (!Object.is(error, this.error)) this.scope.failures.cameBeside(error)
      return false
    }
    this.failing = true
    this.error = error
    // What came from upstream was claimed there.
    this.scope.failures.claim({ stage: this, error, item, attempt }, isAbout, this.puller.elsewhere)
    return true
  }

  /** The author is asked for nothing more, but still has to be closed. */
  #retire(): void {
    const { puller } = this
    this.puller = { pull: nothing, tickets: puller.tickets, close: (outcome) => puller.close?.(outcome) }
  }

  /** State first, then the author's cleanup, then upstream: the reverse of the order they were opened in. */
  #end(outcome: Outcome): void {
    const cause: Outcome = outcome.status === 'completed' ? CONSUMER_DONE : outcome
    // A loop, for of steps there may be thousands.
    for (let next = this.endAlone(outcome, cause); next; ) next = next.endAlone(cause, cause)
  }

  /** Ends the stage alone; answers its upstream where nothing stands between the two ends and that is to end now. Called by stages only. */
  endAlone(outcome: Outcome, cause: Outcome): RunningStage<unknown> | undefined {
    this.outcome = outcome
    for (const task of this.tasks) task.end()
    this.meter?.close()
    const { puller } = this
    // A consumer may still look at the tickets of the last batch.
    this.puller = { pull: nothing, tickets: puller.tickets }
    this.joint?.stop()
    this.item = this.taps = undefined
    let next: RunningStage<unknown> | undefined
    if (puller.close) this.scope.cleanups.run(this.name, () => puller.close?.(outcome), () => { this.#closeUpstreams(cause) })
    else if (this.upstreams.size === 1) [next] = this.upstreams
    else this.#closeUpstreams(cause)
    this.scope.leave(this)
    if (next === undefined || next.outcome !== undefined) return undefined
    // One that is being pulled ends after that.
    return next.endsAfterPull(cause) ? undefined : next
  }

  /** True while the stage is being pulled: it ends with `cause` when that pull has answered. */
  endsAfterPull(cause: Outcome): boolean {
    if (this.#pulling) this.#closeAfterPull = cause
    return this.#pulling
  }

  #closeUpstreams(cause: Outcome): void {
    for (const upstream of this.upstreams) upstream.close(cause)
  }
}

/** The kernel's side of what an author is given: every {@link Stage} is one of these. */
export function runningStage(stage: Stage): RunningStage<unknown> {
  if (isStage(stage)) return stage
  throw new ProtocolError('a stage can only come from the kernel')
}
