import { TimeoutError, type Outcome, type Pipeline } from '@sluice/core'
import { DONE, PENDING, type Outlet, type Puller, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'
import { Lane, type LaneOwner } from './lane'
import { OthersFirst } from './others-first'
import { SideRun } from './side-run'
import type { LanePolicy } from './slow-branch'

/** What a {@link Side} is made with. */
export interface SideOptions<A> {
  readonly policy: LanePolicy
  readonly onDrop: ((value: A) => void) | undefined
  readonly onDisconnect: (() => void) | undefined
}

/**
 * A stage that hands every value on, and to a pipeline at its side.
 *
 * ```text
 *   upstream ◀─pull─ side ◀─pull─ consumer
 *                     └─push─▶ lane ─▶ … ─▶ sink
 * ```
 *
 * It has no task of its own: the consumer pulls through it. Where the side loses nothing, only as much as the side has
 * room for. Where it may lose, a side that is full is given one turn to get on before anything is lost ({@link OthersFirst}).
 */
export class Side<A> implements Puller<A>, LaneOwner {
  readonly tickets: Tickets = []
  readonly lane: Lane<A>
  readonly #upstream: Outlet<A>
  readonly #stage: Stage
  readonly #options: SideOptions<A>
  #run: SideRun | undefined
  /** The consumer was answered PENDING because of the side. */
  #held = false
  readonly #othersFirst: OthersFirst
  /** Upstream has ended; the side finishes. */
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Outlet<A>, stage: Stage, options: SideOptions<A>) {
    this.#upstream = upstream
    this.#stage = stage
    this.#options = options
    this.#othersFirst = new OthersFirst(stage, stage.wake)
    this.lane = new Lane<A>(this, options.policy)
  }

  /** Puts the pipeline at its side, which reads its lane. */
  attach(pipeline: Pipeline<unknown>): this {
    this.#run = new SideRun(this.#stage, pipeline, (outcome, isAwaited) => { this.#over(outcome, isAwaited) })
    return this
  }

  pull(into: A[], limit: number): number {
    if (this.#stage.failing) return DONE
    this.#run?.start()
    if (this.#end) return this.#answerEnd()
    const { lane } = this
    let wanted = limit
    if (lane.live) {
      const room = lane.waiting ? lane.demand : lane.free
      if (room < 1 && this.#hold()) return PENDING
      if (room > 0) wanted = Math.min(limit, room)
    }
    let count: number
    try {
      count = this.#upstream.pull(into, wanted)
    } catch (error) {
      return this.#finish({ error })
    }
    if (count === DONE) return this.#finish(undefined)
    if (count < 1) return count
    for (let i = 0; i < count; i++) this.#give(into[i] as A, i)
    lane.notify()
    return count
  }

  close(outcome: Outcome): Promise<void> | undefined {
    this.#stopTimer()
    const run = this.#run
    if (run === undefined || run.isOver) return undefined
    if (outcome.status === 'completed' || (outcome.status === 'cancelled' && outcome.reason === undefined)) {
      run.start()
      this.lane.finish()
    } else {
      run.end(outcome)
    }
    return run.whenOver()
  }

  took(): void {
    // It gets on, so it may be given another turn: its slice may have ended before it could ask again.
    this.#othersFirst.gotOn()
    if (this.lane.capacity > 0) this.asked()
  }

  asked(): void {
    this.#othersFirst.gotOn()
    this.#stopTimer()
    if (!this.#held) return
    this.#held = false
    this.#stage.wake()
  }

  /** The side wants no more; what it leaves unread goes on without it. */
  left(): boolean {
    this.asked()
    return this.#stage.outcome === undefined && !this.#end?.failure
  }

  /** The side has no room: true where the consumer waits for it. */
  #hold(): boolean {
    this.#held = !this.lane.lossy || this.#othersFirst.mustWait()
    if (!this.lane.lossy) this.#startTimer()
    return this.#held
  }

  #give(value: A, index: number): void {
    const { lane } = this
    const ticket = this.#upstream.tickets?.[index]
    this.tickets[index] = ticket
    if (!lane.live) return
    // One share for the consumer, one for the side.
    const share = (this.tickets[index] = this.#stage.share(ticket, 2))
    if (lane.free > 0) lane.push(value, share)
    else this.#lose(value, share)
  }

  #lose(value: A, ticket: Ticket | undefined): void {
    this.#stage.settle(ticket, 'dropped')
    try {
      this.#options.onDrop?.(value)
    } catch (error) {
      this.#stage.fail(error, value)
    }
  }

  /** Upstream has ended: what the side has not read yet still goes there, then the end, or the failure. */
  #finish(failure: { readonly error: unknown } | undefined): number {
    this.#end = { failure }
    this.lane.finish(failure)
    return this.#answerEnd()
  }

  #answerEnd(): number {
    // A side that may lose values holds nobody, at the end either: the run waits for it as for a cleanup.
    if (this.#run?.isOver === false && !this.lane.lossy) {
      this.#startTimer()
      return PENDING
    }
    if (this.#end?.failure) throw this.#end.failure.error
    return DONE
  }

  #startTimer(): void {
    const { patienceMs } = this.#options.policy
    if (patienceMs === undefined || this.#cancelTimer) return
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(patienceMs, () => {
      this.#cancelTimer = undefined
      this.#cut(patienceMs)
      scheduler.dispatch(this.#stage.wake)
    })
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #cut(patienceMs: number): void {
    this.lane.cut((value, ticket) => { this.#lose(value, ticket) })
    const reason = new TimeoutError(`${this.#stage.name}: its side was cut off, it was waited for for ${patienceMs} ms`)
    this.#run?.end({ status: 'cancelled', reason })
    try {
      this.#options.onDisconnect?.()
    } catch (error) {
      this.#stage.fail(error)
    }
  }

  #over(outcome: Outcome, isAwaited: boolean): void {
    this.#stopTimer()
    this.lane.close({ status: 'cancelled', reason: undefined })
    if (isAwaited) return
    // The failure of the source reaches it, too.
    const ofSource = this.#end?.failure
    if (outcome.status === 'failed' && !(ofSource && Object.is(ofSource.error, outcome.error))) this.#stage.fail(outcome.error)
    this.#stage.wake()
  }
}
