import { RingBuffer, type Stage } from '@sluice/core/authoring'
import type { Job } from './job'
import { sizingOf } from './sizing'
import { Thread, type Loss, type ThreadOwner } from './thread'
import type { Sizing } from './threads'
import { workerMaker, type WorkerLike } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/** Who is told what becomes of items. */
export interface CrewOwner<A, B> {
  resolved(job: Job<A, B>, value: B): void
  rejected(job: Job<A, B>, error: unknown): void
  /** No item can be dealt with any more, this one included: the script does not start. */
  refused(job: Job<A, B> | undefined, error: unknown): void
  /** There is a credit, or a thread, or a result: a turn may pay. */
  wake(): void
  /** There should be another number of threads. */
  resized(): void
}

/**
 * The threads of one stage in one run, and what waits for them.
 *
 * ```text
 *   add ─▶ [fresh]    ┐
 *   lost ─▶ [again]   ├─place─▶ the thread with the fewest items and a credit left ─▶ results
 *   lost ─▶ [suspects]┘  a suspect: alone, on the first thread, when that has nothing else
 * ```
 *
 * A thread that is gone leaves the item it was at to `rejected`, and the others to be done again. Where nobody knows which
 * it was at, all are suspects and are tried one by one: the next time there is only one it can be.
 *
 * Invariants: items out on a thread ≤ capacity; `held` = waiting + out; threads that get items ≤ the sizing's count.
 */
export class Crew<A, B> implements ThreadOwner<A, B> {
  /** Items that wait or are out. */
  held = 0
  readonly #stage: Stage
  readonly #options: CheckedWorkerOptions<A>
  readonly #owner: CrewOwner<A, B>
  readonly #make: () => WorkerLike
  readonly #sizing: Sizing
  readonly #fresh = new RingBuffer<Job<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #again = new RingBuffer<Job<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #suspects = new RingBuffer<Job<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #threads = new Set<Thread<A, B>>()
  /** Threads that were told to end, and have not yet. */
  readonly #ending = new Set<Promise<void>>()
  #broken: { readonly error: unknown } | undefined

  constructor(stage: Stage, options: CheckedWorkerOptions<A>, owner: CrewOwner<A, B>) {
    this.#stage = stage
    this.#options = options
    this.#owner = owner
    this.#make = workerMaker(options.script, options.worker)
    this.#sizing = sizingOf(options.threads, options.capacity, stage.scope.clock, () => { owner.resized() })
  }

  /** Items all threads together may have now. */
  get credits(): number {
    return this.#sizing.count * this.#options.capacity
  }

  /** More was wanted than there are credits for. */
  full(): void {
    if (this.#threads.size < this.#sizing.count) return
    for (const thread of this.#threads) if (thread.state === 'starting') return
    this.#sizing.full()
  }

  add(job: Job<A, B>, again = false): void {
    this.held++
    if (this.#broken) this.#refuse(job)
    else (again ? this.#again : this.#fresh).push(job)
  }

  /** Starts and ends threads, and sends what waits to those that have credits. */
  turn(): void {
    this.#retire()
    this.#spawn()
    this.#place()
    for (const thread of this.#threads) thread.send()
    this.#sizing.out(this.held)
  }

  /** Ends it all; resolves when every thread has ended. */
  async close(reason: unknown): Promise<void> {
    this.#sizing.close()
    for (const thread of this.#threads) this.#stop(thread, reason)
    for (const queue of [this.#fresh, this.#again, this.#suspects]) queue.clear()
    while (this.#ending.size > 0) await Promise.all(this.#ending)
  }

  ready(): void {
    this.#owner.wake()
  }

  resolved(job: Job<A, B>, value: B): void {
    this.held--
    this.#owner.resolved(job, value)
  }

  rejected(job: Job<A, B>, error: unknown): void {
    this.held--
    this.#owner.rejected(job, error)
  }

  moved(thread: Thread<A, B>): void {
    if (thread.load === 0) thread.quarantined = false
    this.#owner.wake()
  }

  lost(thread: Thread<A, B>, { error, culprit, others }: Loss<A, B>): void {
    const wasStarting = thread.state === 'starting'
    this.#threads.delete(thread)
    this.#track(thread.terminate())
    // One alone is no suspect any more: it is the one, or was never sent.
    const next = culprit || others.length === 1 ? this.#again : this.#suspects
    for (const job of others) {
      if (job.givenAway) this.rejected(job, error)
      else next.push(job)
    }
    if (culprit) this.rejected(culprit, error)
    if (wasStarting) this.#break(error)
    this.#owner.wake()
  }

  get #waiting(): number {
    return this.#fresh.size + this.#again.size + this.#suspects.size
  }

  #break(error: unknown): void {
    this.#broken = { error }
    let last: Job<A, B> | undefined
    for (const queue of [this.#suspects, this.#again, this.#fresh]) {
      for (let job = queue.shift(); job; job = queue.shift()) {
        last = job
        this.#refuse(job)
      }
    }
    if (last === undefined) this.#owner.refused(undefined, error)
  }

  #refuse(job: Job<A, B>): void {
    this.held--
    this.#owner.refused(job, this.#broken?.error)
  }

  #spawn(): void {
    const { count } = this.#sizing
    let active = 0
    let idle = 0
    for (const thread of this.#threads) {
      if (thread.retiring) continue
      active++
      if (thread.load === 0) idle++
    }
    // One that was to go, and has not yet, is there already.
    for (const thread of this.#threads) {
      if (active >= count || this.#waiting <= idle) break
      if (!thread.retiring) continue
      thread.retiring = false
      active++
    }
    // One that starts, or has nothing to do, is as good as a further one.
    for (; this.#broken === undefined && active < count && this.#waiting > idle; active++, idle++) {
      try {
        this.#threads.add(new Thread(this.#make, this.#options, this.#stage.scope.clock, this))
      } catch (error) {
        this.#break(error)
      }
    }
  }

  #retire(): void {
    let surplus = -this.#sizing.count
    for (const thread of this.#threads) if (!thread.retiring) surplus++
    for (; surplus > 0; surplus--) {
      let least: Thread<A, B> | undefined
      for (const thread of this.#threads) if (!thread.retiring && (least === undefined || isNextToRetire(thread, least))) least = thread
      if (least) least.retiring = true
    }
    for (const thread of this.#threads) if (thread.retiring && thread.load === 0) this.#stop(thread, undefined)
  }

  #place(): void {
    this.#placeSuspect()
    while (this.#again.size + this.#fresh.size > 0) {
      let least: Thread<A, B> | undefined
      for (const thread of this.#threads) {
        if (thread.state !== 'ready' || thread.retiring || thread.quarantined || thread.load >= this.#options.capacity) continue
        if (least === undefined || thread.load < least.load) least = thread
      }
      if (least === undefined) return
      least.give((this.#again.shift() ?? this.#fresh.shift()) as Job<A, B>)
    }
  }

  #placeSuspect(): void {
    if (this.#suspects.isEmpty) return
    for (const thread of this.#threads) {
      if (thread.state !== 'ready' || thread.retiring) continue
      if (thread.load === 0) thread.give(this.#suspects.shift() as Job<A, B>)
      // It gets nothing more, and has nothing soon.
      thread.quarantined = true
      return
    }
  }

  #stop(thread: Thread<A, B>, reason: unknown): void {
    this.#threads.delete(thread)
    this.#track(thread.stop(reason))
  }

  #track(end: Promise<void>): void {
    const tracked: Promise<void> = end.then(() => { this.#ending.delete(tracked) }, () => { this.#ending.delete(tracked) })
    this.#ending.add(tracked)
  }
}

/**
 * Whether `thread` is ended rather than `other`, the older of the two: the one with fewer items; where they have as many, one
 * that is not ready yet, and the younger one. So whoever shrinks and grows again, however quickly, leaves the oldest alone.
 */
function isNextToRetire<A, B>(thread: Thread<A, B>, other: Thread<A, B>): boolean {
  if (thread.load !== other.load) return thread.load < other.load
  return thread.state === 'starting' || other.state === 'ready'
}
