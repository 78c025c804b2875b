import { injectedContext, RingBuffer, type Call, type CallMaker, type Calls, type Stage } from '@sluice/core/authoring'
import { sizingOf } from './sizing'
import { SurroundedTries } from './surrounded-tries'
import { Thread, type Loss, type ThreadOwner } from './thread'
import type { Sizing } from './threads'
import { workerMaker, type WorkerLike } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/**
 * The threads of one stage in one run, and what waits for them.
 *
 * ```text
 *   make ─▶ [fresh]   ┐
 *   lost ─▶ [again]   ├─place─▶ the thread with the fewest items and a credit left ─▶ results
 *   lost ─▶ [suspects]┘  a suspect: alone, on the first thread, when that has nothing else
 * ```
 *
 * A thread that is gone leaves the item it was at to `rejected`, and the others to be done again. Where nobody knows which
 * it was at, all are suspects and are tried one by one: the next time there is only one it can be.
 *
 * Invariants: items out on a thread ≤ capacity; `#held` = waiting + out; threads that get items ≤ the sizing's count.
 */
export class Crew<A, B> implements CallMaker<A, B>, ThreadOwner<A, B> {
  readonly settlesInBatches = true
  /** Items that wait or are out. */
  #held = 0
  readonly #calls: Calls<A, B>
  readonly #wake: () => void
  readonly #stage: Stage
  readonly #options: CheckedWorkerOptions<A>
  readonly #make: () => WorkerLike
  readonly #sizing: Sizing
  readonly #fresh = new RingBuffer<Call<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #again = new RingBuffer<Call<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #suspects = new RingBuffer<Call<A, B>>(Number.MAX_SAFE_INTEGER)
  readonly #threads = new Set<Thread<A, B>>()
  /** Threads that were told to end, and have not yet. */
  readonly #ending = new Set<Promise<void>>()
  readonly #tries: SurroundedTries<A, B> | undefined
  #broken: { readonly error: unknown } | undefined
  #isClosed = false

  /** @param wake has the stage look what has settled, and what there is room for. */
  constructor(calls: Calls<A, B>, stage: Stage, wake: () => void, options: CheckedWorkerOptions<A>) {
    this.#calls = calls
    this.#wake = wake
    this.#stage = stage
    this.#options = options
    this.#make = workerMaker(options.script, options.worker)
    stage.show(() => this.#figures)
    this.#tries = SurroundedTries.of(stage)
    this.#sizing = sizingOf(options.threads, options.capacity, stage.scope.clock, wake)
  }

  /** Items that were read and not delivered: as many as the threads may have, and as many results. */
  get capacity(): number {
    return 2 * this.#credits
  }

  room(): number {
    return this.#credits - this.#held
  }

  full(): void {
    if (this.#threads.size < this.#sizing.count) return
    for (const thread of this.#threads) if (thread.state === 'starting') return
    this.#sizing.full()
  }

  make(call: Call<A, B>): void {
    this.#held++
    call.unrepeatable = false
    if (this.#tries && !this.#begins(this.#tries, call)) return
    if (this.#broken) this.#refuse(call)
    else if (call.attempt === 1) this.#fresh.push(call)
    else {
      this.#again.push(call)
      // A next try begins in a turn of its own, which sends nothing.
      this.#wake()
    }
  }

  /** False where what others have put around the try has thrown, which is its failure. */
  #begins(tries: SurroundedTries<A, B>, call: Call<A, B>): boolean {
    try {
      tries.begin(call)
      return true
    } catch (error) {
      this.rejected(call, error)
      return false
    }
  }

  /** Starts and ends threads, and sends what waits to those that have credits. */
  turned(): void {
    this.#retire()
    this.#spawn()
    this.#place()
    for (const thread of this.#threads) thread.send()
    this.#sizing.out(this.#held)
  }

  /** Ends it all; resolves when every thread has ended. */
  async close(reason: unknown): Promise<void> {
    this.#isClosed = true
    this.#tries?.close(reason)
    this.#sizing.close()
    for (const thread of this.#threads) this.#stop(thread, reason)
    for (const queue of [this.#fresh, this.#again, this.#suspects]) queue.clear()
    while (this.#ending.size > 0) await Promise.all(this.#ending)
  }

  ready(): void {
    this.#dispatch()
  }

  resolved(call: Call<A, B>, value: B): void {
    this.#held--
    this.#tries?.resolved(call, value)
    this.#calls.resolved(call, value)
  }

  rejected(call: Call<A, B>, error: unknown): void {
    this.#held--
    if (this.#tries === undefined) this.#calls.rejected(call, error)
    else this.#tries.rejected(call, error, () => { this.#rejectedLater(call, error) })
  }

  carriedBy(call: Call<A, B>): Readonly<Record<string, string>> | undefined {
    return this.#tries?.carriedBy(call) ?? injectedContext(call.ticket?.within)
  }

  /** Nobody else wakes the stage for it. */
  #rejectedLater(call: Call<A, B>, error: unknown): void {
    if (this.#isClosed) return
    this.#calls.rejected(call, error)
    this.#dispatch()
  }

  moved(thread: Thread<A, B>): void {
    if (thread.load === 0) thread.quarantined = false
    this.#dispatch()
  }

  lost(thread: Thread<A, B>, { error, culprit, others }: Loss<A, B>): void {
    const wasStarting = thread.state === 'starting'
    this.#threads.delete(thread)
    this.#track(thread.terminate())
    // One alone is no suspect any more: it is the one, or was never sent.
    const next = culprit || others.length === 1 ? this.#again : this.#suspects
    for (const call of others) {
      if (call.unrepeatable) this.rejected(call, error)
      else next.push(call)
    }
    if (culprit) this.rejected(culprit, error)
    if (wasStarting) this.#break(error)
    this.#dispatch()
  }

  /** At the top of a callback: there is a credit, or a thread, or a result. */
  #dispatch(): void {
    this.#stage.scope.scheduler.dispatch(this.#wake)
  }

  /** Who of the threads works how long. */
  get #figures(): Record<string, number> | undefined {
    const busy = [...this.#threads].map(({ busyMs }) => busyMs)
    return busy.length === 0 ? undefined : { threads: busy.length, busyMs: busy.reduce((sum, ms) => sum + ms, 0), busiestMs: Math.max(...busy) }
  }

  /** Items all threads together may have now. */
  get #credits(): number {
    return this.#sizing.count * this.#options.capacity
  }

  get #waiting(): number {
    return this.#fresh.size + this.#again.size + this.#suspects.size
  }

  #break(error: unknown): void {
    this.#broken = { error }
    let last: Call<A, B> | undefined
    for (const queue of [this.#suspects, this.#again, this.#fresh]) {
      for (let call = queue.shift(); call; call = queue.shift()) {
        last = call
        this.#refuse(call)
      }
    }
    if (last === undefined) this.#stage.fail(error)
  }

  #refuse(call: Call<A, B>): void {
    this.#held--
    const error = this.#broken?.error
    this.#tries?.rejected(call, error, noop)
    this.#calls.refused(call, error)
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
      least.give((this.#again.shift() ?? this.#fresh.shift()) as Call<A, B>)
    }
  }

  #placeSuspect(): void {
    if (this.#suspects.isEmpty) return
    for (const thread of this.#threads) {
      if (thread.state !== 'ready' || thread.retiring) continue
      if (thread.load === 0) thread.give(this.#suspects.shift() as Call<A, B>)
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

function noop(): void {}
