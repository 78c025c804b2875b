import { TimeoutError } from '@sluice/core'
import { RingBuffer } from '@sluice/core/authoring'
import { errorText } from '../error-text'
import type { ItemFailure, ResultsMessage } from '../worker-thread/protocol'
import { unpackThrown } from '../worker-thread/thrown'
import type { Job } from './job'
import { ThreadError } from './thread-error'
import type { WorkerLink } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/** Who is told what becomes of items. */
export interface ItemOwner<A, B> {
  resolved(job: Job<A, B>, value: B): void
  rejected(job: Job<A, B>, error: unknown): void
}

/**
 * Talking to a thread: items out, results in.
 *
 * ```text
 *   give ─▶ [outbox] ─send: a message for each `batch`─▶ [out] ─▶ thread
 *              └ cannot be sent ─▶ rejected                ▲ └ first in, first answered ─▶ resolved, rejected
 * ```
 *
 * Invariant: `out` holds what was sent and not answered, in the order it was sent.
 */
export class ThreadItems<A, B> {
  readonly out: RingBuffer<Job<A, B>>
  readonly #link: WorkerLink
  readonly #options: CheckedWorkerOptions<A>
  readonly #owner: ItemOwner<A, B>
  #outbox: Job<A, B>[] = []

  constructor(link: WorkerLink, options: CheckedWorkerOptions<A>, owner: ItemOwner<A, B>) {
    this.out = new RingBuffer(options.capacity)
    this.#link = link
    this.#options = options
    this.#owner = owner
  }

  get size(): number {
    return this.out.size + this.#outbox.length
  }

  give(job: Job<A, B>): void {
    this.#outbox.push(job)
  }

  /** Sends what it was given. */
  send(): void {
    const jobs = this.#outbox
    this.#outbox = []
    const { batch } = this.#options
    for (let from = 0; from < jobs.length; from += batch) {
      const part = jobs.length <= batch ? jobs : jobs.slice(from, from + batch)
      if (!this.#post(part)) for (const job of part) this.#postAlone(job)
    }
  }

  /** Hands on what came of items. False where there are more results than items: somebody else answers there as well. */
  answer({ values, failures }: ResultsMessage): boolean {
    let nextFailure = 0
    for (let i = 0; i < values.length; i++) {
      const job = this.out.shift()
      if (job === undefined) return false
      const failure = failures?.[nextFailure]
      if (failure?.at === i) {
        nextFailure++
        this.#failed(job, failure)
      } else {
        this.#owner.resolved(job, values[i] as B)
      }
    }
    return true
  }

  /** Takes away all it has, but for `culprit`. */
  takeOthers(culprit: Job<A, B> | undefined): Job<A, B>[] {
    const others: Job<A, B>[] = []
    for (let job = this.out.shift(); job; job = this.out.shift()) if (job !== culprit) others.push(job)
    others.push(...this.#outbox)
    this.#outbox = []
    return others
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
      this.#owner.rejected(job, new ThreadError('item', `${name}: the item cannot be sent to a thread: ${errorText(cause)}`, { cause }))
      return
    }
    job.givenAway = list.length > 0
    this.out.push(job)
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
        : new ThreadError('result', `${name}: the result cannot be sent back from its thread: ${errorText(thrown)}`, { cause: thrown }))
  }
}
