import {
  DONE, PENDING, RingBuffer, reasonOf, Trials, type Openable, type Outcome, type Outlet, type Puller, type Stage, type StageState, type Tickets, type WakeableTask,
} from '@sluice/core'
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
export class WorkerCalls<A, B> implements Puller<B>, CrewOwner<A, B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #ordered: boolean
  readonly #trials: Trials<A, Job<A, B>>
  readonly #crew: Crew<A, B>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<A>
  readonly #queue = new RingBuffer<Job<A, B>>(Number.MAX_SAFE_INTEGER)
  /** Everything that is open: in the order it was read where results come out of order. */
  readonly #unordered = new Set<Job<A, B>>()
  readonly #batch: A[] = []
  #open = 0
  #started = false
  /** Nothing more is read: upstream has ended, or an item has failed for good. */
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, options: CheckedWorkerOptions<A>) {
    this.#stage = stage
    this.#ordered = options.ordered
    this.#trials = new Trials(stage, options.onError, (job) => { this.#told(job) })
    this.#task = stage.task(() => this.#pump())
    this.#crew = new Crew(stage, options, this)
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
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
    if (this.#open < open || !this.#started) {
      this.#started = true
      if (!this.#ended) this.#task.wake()
      if (count > 0) return count
    }
    return this.#open === 0 && (this.#ended || this.#stage.failing) ? DONE : PENDING
  }

  close(outcome: Outcome): Promise<void> {
    this.#ended = true
    const reason = reasonOf(outcome)
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) job.giveBack(reason)
    for (const job of this.#unordered) job.giveBack(reason)
    this.#unordered.clear()
    this.#trials.close()
    return this.#crew.close(reason)
  }

  wake(): void {
    this.#stage.scope.scheduler.dispatch(this.#task.wake)
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
    this.#task.wake()
  }

  refused(job: Job<A, B> | undefined, error: unknown): void {
    this.#ended = true
    if (job) this.#fail(job, error)
    else this.#stage.fail(error)
  }

  #pump(): StageState {
    try {
      this.#read()
    } finally {
      // Where upstream has failed, what came before is dealt with nevertheless.
      this.#crew.turn()
    }
    const head = this.#queue.at(0)
    if (head === undefined ? this.#ended && this.#open === 0 : head.state !== 'open') this.#stage.wake()
    if (this.#crew.held > 0) return 'busy'
    return this.#open > 0 ? 'backpressured' : 'idle'
  }

  #read(): void {
    const { scheduler } = this.#stage.scope
    const crew = this.#crew
    while (!this.#ended) {
      const credits = crew.credits - crew.held
      const room = Math.min(credits, 2 * crew.credits - this.#open)
      if (credits < 1) crew.full()
      if (room < 1) return
      const count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      if (count === PENDING) return
      if (count === DONE) {
        this.#ended = true
        return
      }
      for (let i = 0; i < count; i++) {
        const item = this.#batch[i] as A
        this.#batch[i] = undefined as A
        this.#begin(new Job<A, B>(item, this.#upstream.tickets?.[i]))
      }
      if (scheduler.spent(count)) {
        this.#task.wake()
        return
      }
    }
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
      this.#ended = true
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
    this.#task.wake()
  }

  #fail(job: Job<A, B>, error: unknown): void {
    const { ticket } = job
    job.error = error
    job.ticket = undefined
    this.#stage.giveUp(ticket, error)
    this.#ended = true
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
