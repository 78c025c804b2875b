import { type Outcome } from '@sluice/core'
import {
  DONE, Feed, PENDING, RingBuffer, reasonOf, Trials, type Keeper, type Openable, type Puller, type Stage,
  type StageState, type Tickets,
} from '@sluice/core/authoring'
import { Crew, type CrewOwner } from './crew'
import { Job, type JobState } from './job'
import type { CheckedWorkerOptions } from './worker-options'

/**
 * A stage whose function runs on threads.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ crew: waiting, out ─▶ settled          at most `credits` in the crew
 *                              ▲                  │ ordered: queued when read       ┐
 *                              └── tried again ◀──┴ unordered: queued when finished ┴▶ [queue] ─▶ pull
 * ```
 *
 * Invariants: `#open` (read, and not delivered, left out or failed) ≤ 2 * credits, so pulled − delivered is bounded by
 * that. In order nothing after a failed item is delivered, and all before it is.
 */
export class WorkerCalls<A, B> implements Puller<B>, CrewOwner<A, B>, Keeper<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #ordered: boolean
  readonly #trials: Trials<A, Job<A, B>>
  readonly #crew: Crew<A, B>
  readonly #feed: Feed<A>
  readonly #queue = new RingBuffer<Job<A, B>>(Number.MAX_SAFE_INTEGER)
  /** Everything that is open: in the order it was read where results come out of order. */
  readonly #unordered = new Set<Job<A, B>>()
  #open = 0

  constructor(upstream: Openable<A>, stage: Stage, options: CheckedWorkerOptions<A>) {
    this.#stage = stage
    this.#ordered = options.ordered
    this.#trials = new Trials(stage, options.onError, (job) => { this.#told(job) })
    this.#crew = new Crew(stage, options, this)
    this.#feed = new Feed<A>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    const size = (): number => this.#open
    const capacity = (): number => 2 * this.#crew.credits
    stage.expose({ get capacity() { return capacity() }, get size() { return size() } })
  }

  pull(into: B[], limit: number): number {
    const open = this.#open
    let count = 0
    while (count < limit) {
      const job = this.#queue.at(0)
      if (job === undefined || job.state === 'open') break
      if (job.state === 'failed') return this.#stage.failAfter(count, job.error, job.item, null, job.attempt)
      this.#queue.shift()
      this.#open--
      if (job.state === 'skipped') continue
      into[count] = job.value as B
      if (this.tickets) this.tickets[count] = job.ticket
      count++
    }
    // A skipped item makes room as a delivered one does.
    this.#feed.start()
    if (this.#open < open) {
      if (!this.#feed.ended) this.#feed.wake()
      if (count > 0) return count
    }
    return this.#open === 0 && this.#feed.isOver ? DONE : PENDING
  }

  close(outcome: Outcome): Promise<void> {
    this.#feed.end()
    const reason = reasonOf(outcome)
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) job.giveBack(reason)
    for (const job of this.#unordered) job.giveBack(reason)
    this.#unordered.clear()
    this.#trials.close()
    return this.#crew.close(reason)
  }

  wake(): void {
    this.#stage.scope.scheduler.dispatch(this.#feed.wake)
  }

  resolved(job: Job<A, B>, value: B): void {
    job.value = value
    // The result may wait long for its turn, and what it was made of can be heavy.
    job.item = undefined as A
    this.#settle(job, 'done')
  }

  rejected(job: Job<A, B>, error: unknown): void {
    // A retry needs what went down with the thread where it was handed over; the error is kept for that.
    job.error = error
    if (this.#trials.failed(job, error) !== 'deciding') this.#told(job)
  }

  resized(): void {
    // Perhaps in the middle of somebody's turn, so not at once.
    this.#feed.wake()
  }

  refused(job: Job<A, B> | undefined, error: unknown): void {
    this.#feed.end()
    if (job) this.#fail(job, error)
    else this.#stage.fail(error)
  }

  room(): number | StageState {
    const crew = this.#crew
    const credits = crew.credits - crew.held
    if (credits < 1) crew.full()
    const room = Math.min(credits, 2 * crew.credits - this.#open)
    // A thread that is done makes room as a consumer does, and both wake the feed.
    return room < 1 ? 'backpressured' : room
  }

  take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean {
    for (let i = 0; i < count; i++) this.#begin(new Job<A, B>(values[i] as A, tickets?.[i]))
    return false
  }

  ended(): void {
    // Each turn looks whether the consumer has something to take.
  }

  /** Where upstream has failed, what came before is dealt with nevertheless. */
  turned(): StageState {
    this.#crew.turn()
    const head = this.#queue.at(0)
    if (head === undefined ? this.#feed.ended && this.#open === 0 : head.state !== 'open') this.#stage.wake()
    if (this.#crew.held > 0) return 'busy'
    return this.#open > 0 ? 'backpressured' : 'idle'
  }

  #begin(job: Job<A, B>): void {
    this.#open++
    if (this.#ordered) this.#queue.push(job)
    else if (job.ticket) this.#unordered.add(job)
    this.#crew.add(job)
  }

  /** It is known what becomes of an item that failed. */
  #told(job: Job<A, B>): void {
    if (job.verdict === 'failed') {
      this.#feed.end()
      this.#settle(job, 'failed')
    } else if (job.verdict !== 'again') {
      this.#settle(job, 'skipped')
    } else if (job.givenAway) {
      // Its buffers went down with the thread: there is nothing that could be tried again.
      this.#fail(job, job.error)
    } else {
      job.tryAgain()
      this.#crew.add(job, true)
    }
    // It may have been refused while it was being sent: nobody else tells that there is room, or that it waits again.
    this.#feed.wake()
  }

  #fail(job: Job<A, B>, error: unknown): void {
    const { ticket } = job
    job.error = error
    job.ticket = undefined
    this.#stage.giveUp(ticket, error)
    this.#feed.end()
    this.#settle(job, 'failed')
  }

  #settle(job: Job<A, B>, state: JobState): void {
    job.state = state
    if (this.#stage.outcome !== undefined || this.#ordered) return
    this.#unordered.delete(job)
    if (state === 'skipped') this.#open--
    else this.#queue.push(job)
  }
}
