import { RingBuffer, TimeoutError, type Clock } from '@sluice/core'
import { BEGUN, ENDED, type FromThread, type ItemFailure, type ResultsMessage } from '../worker-thread/protocol'
import { packThrown, unpackThrown } from '../worker-thread/thrown'
import type { Job } from './job'
import { ThreadError } from './thread-error'
import { WorkerLink, type WorkerLike } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/** Why a thread is gone, and what it had. */
export interface Loss<A, B> {
  readonly error: unknown
  /** The item it was at; undefined where nobody knows. */
  readonly culprit: Job<A, B> | undefined
  /** What it had beside that: dealt with or not, there are no results of it. */
  readonly others: readonly Job<A, B>[]
}

/** Who is told what becomes of a thread and its items. */
export interface ThreadOwner<A, B> {
  ready(): void
  resolved(job: Job<A, B>, value: B): void
  rejected(job: Job<A, B>, error: unknown): void
  /** After the results of a message. */
  moved(thread: Thread<A, B>): void
  lost(thread: Thread<A, B>, loss: Loss<A, B>): void
}

/**
 * What a thread that does not come back gets beyond `timeoutMs`: one that only waits tells of it by itself, and this thread
 * or the machine may be the busy one.
 */
const SLACK_MS = 250

/**
 * The stage's half of one thread: its credits, what it has, whether it still moves.
 *
 * ```text
 *   give ─▶ [outbox] ─send: a message─▶ [out] ─▶ thread     outbox + out ≤ capacity, the credits
 *                                         ▲ └ first in, first answered ─▶ resolved, rejected
 *                                         └ exit, hang: `lost` with all of it
 * ```
 *
 * Invariants: `out` holds what was sent and not answered, in the order it was sent; after `lost` or `stop` nobody is told
 * anything any more.
 */
export class Thread<A, B> {
  state: 'starting' | 'ready' | 'over' = 'starting'
  /** It is one too many: it gets nothing more. */
  retiring = false
  /** It has an item that may have ended other threads, alone. */
  quarantined = false
  readonly out: RingBuffer<Job<A, B>>
  readonly #options: CheckedWorkerOptions<A>
  readonly #owner: ThreadOwner<A, B>
  readonly #clock: Clock
  readonly #link: WorkerLink
  #outbox: Job<A, B>[] = []
  #answered = 0
  readonly #progress: Int32Array | undefined
  #cancelTimer: (() => void) | undefined
  /** When it last told of anything. */
  #movedAt = 0
  #onStopped: (() => void) | undefined

  constructor(make: () => WorkerLike, options: CheckedWorkerOptions<A>, clock: Clock, owner: ThreadOwner<A, B>) {
    this.#options = options
    this.#owner = owner
    this.#clock = clock
    this.out = new RingBuffer(options.capacity)
    this.#link = new WorkerLink(make, {
      received: (message) => { this.#received(message) },
      gone: (error, code) => { this.#gone(error, code) },
    })
    const { SharedArrayBuffer: Shared, crossOriginIsolated } = globalThis as { readonly SharedArrayBuffer?: SharedArrayBufferConstructor; readonly crossOriginIsolated?: boolean }
    // Pages that are not isolated cannot share memory.
    if (Shared !== undefined && crossOriginIsolated !== false) this.#progress = new Int32Array(new Shared(8))
    this.#start()
    const { startTimeoutMs } = options
    this.#cancelTimer = clock.after(startTimeoutMs, () => {
      this.#lose(new ThreadError('start', `${options.name}: a thread was not ready within ${startTimeoutMs} ms: does its script call defineWorker?`))
    })
  }

  /** How many items it has. */
  get load(): number {
    return this.out.size + this.#outbox.length
  }

  /** Takes an item, to be sent with the next message. */
  give(job: Job<A, B>): void {
    this.#outbox.push(job)
  }

  /** Sends what it was given. */
  send(): void {
    if (this.#outbox.length === 0) return
    const jobs = this.#outbox
    this.#outbox = []
    if (this.out.isEmpty) this.#watch()
    const { batch } = this.#options
    for (let from = 0; from < jobs.length; from += batch) {
      const part = jobs.length <= batch ? jobs : jobs.slice(from, from + batch)
      if (!this.#post(part)) for (const job of part) this.#postAlone(job)
    }
  }

  /** Ends it: at once where it has nothing to do, else after `graceMs` at most. */
  async stop(reason: unknown): Promise<void> {
    const isBusy = !this.out.isEmpty
    this.#end()
    if (isBusy) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(this.#options.graceMs, resolve)
        this.#onStopped = () => {
          cancel()
          resolve()
        }
        this.#link.post({ sluice: 'stop', reason: packThrown(reason) })
      })
    }
    await this.#link.terminate()
  }

  /** Ends it, whatever it does. */
  terminate(): Promise<void> {
    this.#end()
    return this.#link.terminate()
  }

  #start(): void {
    const message = { sluice: 'start', timeoutMs: this.#options.timeoutMs, returnsItems: this.#options.transfer !== undefined } as const
    try {
      this.#link.post({ ...message, progress: this.#progress?.buffer as SharedArrayBuffer | undefined })
    } catch {
      this.#link.post({ ...message, progress: undefined })
    }
  }

  /** False where something in it cannot be sent: then nothing was. */
  #post(jobs: readonly Job<A, B>[]): boolean {
    const { transfer } = this.#options
    const items: A[] = []
    const lists: (readonly object[])[] = []
    let retried = false
    try {
      for (const job of jobs) {
        items.push(job.item)
        if (transfer) lists.push(transfer(job.item))
        retried ||= job.attempt > 1
      }
      this.#link.post({ sluice: 'items', items, attempts: retried ? jobs.map(({ attempt }) => attempt) : undefined }, lists.flat())
    } catch {
      return false
    }
    for (const [i, job] of jobs.entries()) {
      if (transfer && (lists[i]?.length ?? 0) > 0) job.givenAway = true
      this.out.push(job)
    }
    return true
  }

  #postAlone(job: Job<A, B>): void {
    const { transfer, name } = this.#options
    let list: readonly object[]
    try {
      list = transfer?.(job.item) ?? []
    } catch (error) {
      this.#owner.rejected(job, error)
      return
    }
    try {
      this.#link.post({ sluice: 'items', items: [job.item], attempts: [job.attempt] }, list)
    } catch (cause) {
      this.#owner.rejected(job, new ThreadError('item', `${name}: the item cannot be sent to a thread: ${textOf(cause)}`, { cause }))
      return
    }
    job.givenAway = list.length > 0
    this.out.push(job)
  }

  #received(message: FromThread): void {
    if (message.sluice === 'results') {
      if (this.state === 'ready') this.#answer(message)
    } else if (message.sluice === 'ready') {
      if (this.state !== 'starting') return
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
      this.state = 'ready'
      this.#owner.ready()
    } else if (message.sluice === 'hello') {
      if (this.state === 'starting') this.#start()
    } else if (message.sluice === 'stopped') {
      this.#onStopped?.()
    }
  }

  #answer({ values, failures }: ResultsMessage): void {
    if (this.#cancelTimer) this.#movedAt = this.#clock.now()
    this.#answered = (this.#answered + values.length) | 0
    let nextFailure = 0
    for (let i = 0; i < values.length; i++) {
      const job = this.out.shift() as Job<A, B>
      const failure = failures?.[nextFailure]
      if (failure?.at === i) {
        nextFailure++
        this.#failed(job, failure)
      } else {
        this.#owner.resolved(job, values[i] as B)
      }
    }
    if (this.out.isEmpty) {
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
    }
    this.#owner.moved(this)
  }

  #failed(job: Job<A, B>, failure: ItemFailure): void {
    const { name, timeoutMs } = this.#options
    if (failure.returned) {
      job.item = failure.returned.item as A
      job.givenAway = false
    }
    const thrown = failure.thrown && unpackThrown(failure.thrown)
    this.#owner.rejected(job, failure.kind === 'threw' ? thrown
      : failure.kind === 'timeout' ? new TimeoutError(`${name}: no result within ${timeoutMs} ms`)
        : new ThreadError('result', `${name}: the result cannot be sent back from its thread: ${textOf(thrown)}`, { cause: thrown }))
  }

  /** From now on it has something to do. */
  #watch(): void {
    const { timeoutMs } = this.#options
    if (timeoutMs === undefined) return
    this.#movedAt = this.#clock.now()
    const look = (): void => {
      const idleMs = this.#clock.now() - this.#movedAt
      if (idleMs < timeoutMs) {
        this.#cancelTimer = this.#clock.after(timeoutMs - idleMs, look)
        return
      }
      const { name } = this.#options
      const movedAt = this.#movedAt
      this.#cancelTimer = this.#clock.after(SLACK_MS, () => {
        if (movedAt === this.#movedAt) this.#lose(new TimeoutError(`${name}: no result within ${timeoutMs} ms, and the thread did not come back: it was ended`))
        else look()
      })
    }
    this.#cancelTimer = this.#clock.after(timeoutMs, look)
  }

  #gone(error: unknown, code: number | undefined): void {
    const { name } = this.#options
    const options = error === undefined ? undefined : { cause: error }
    const how = error !== undefined ? `: ${textOf(error)}` : code === undefined ? '' : ` with code ${code}`
    // While it was being stopped: that it is.
    this.#onStopped?.()
    if (this.state === 'starting') this.#lose(new ThreadError('start', `${name}: a thread has ended${how} before it was ready: does its script call defineWorker?`, options))
    else this.#lose(new ThreadError('exited', `${name}: the thread has ended${how} while it had this item`, options))
  }

  #lose(error: unknown): void {
    if (this.state === 'over') return
    const culprit = this.#culprit()
    const others: Job<A, B>[] = []
    for (let job = this.out.shift(); job; job = this.out.shift()) if (job !== culprit) others.push(job)
    others.push(...this.#outbox)
    this.#outbox = []
    this.#owner.lost(this, { error, culprit, others })
  }

  #culprit(): Job<A, B> | undefined {
    if (this.out.size === 1) return this.out.at(0)
    if (this.#progress === undefined) return undefined
    const begun = Atomics.load(this.#progress, BEGUN)
    return begun === Atomics.load(this.#progress, ENDED) ? undefined : this.out.at((begun - 1 - this.#answered) | 0)
  }

  #end(): void {
    this.state = 'over'
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
