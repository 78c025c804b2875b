import { DONE, PENDING } from '../contract/answers'
import type { Outlet, Wake } from '../contract/outlet'
import { BatchTimes } from '../accounting/batch-times'
import type { Stage, StageState, WakeableTask } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { runningStage } from './running-stage'

/** What a {@link Feed} fills: how operators that work ahead of their consumer differ. */
export interface Keeper<T> {
  /**
   * How many values are taken now, 1 or more; or why none is. `feed.rest()` for "full", which is over when `feed.goOn()` is
   * called; `'busy'` or `'idle'` where the keeper sees to it that the feed is woken.
   */
  room(): number | StageState
  /**
   * Takes `values[0..count)`, with their tickets; what stands beyond `count` means nothing, and nothing is kept of the arrays.
   * True: the consumer was woken, and has its turn before more is read, whatever the scheduler decides.
   */
  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean
  /** Upstream has ended: there will be no more values. */
  ended(): void
  /** Upstream has failed: there will be no more values. Absent: the stage fails with the error. */
  failed?(error: unknown): void
  /** The end of each turn; answers what the clock of the stage is to show. Absent: what the turn came to. */
  turned?(state: StageState): StageState
}

/** What a feed reads: an outlet, or what stands before one. */
export interface Fed<T> {
  /** As `Outlet.pull`; may answer 0: "nothing came of that, ask again". */
  pull(into: T[], limit: number): number
  readonly tickets?: Tickets | null | undefined
}

/**
 * The one pump: a task that reads upstream while its keeper has room, and the hand-shake with the consumer.
 *
 * ```text
 *   upstream ◀─pull─ task ── take ─▶ keeper ─▶ pull ◀─ consumer
 *                     ▲                │         │ finds nothing: wait()       starts the task, the first time
 *                     │                │ there is something: tell() ──────────▶ wakes the consumer that waits
 *                     │                └ is full: rest()
 *                     └──────────────── goOn() ── has room again, a good stretch of it where wakes are dear
 * ```
 *
 * The one yield rule: after each batch the feed asks whether the slice is used up, and goes on in a turn of its own if it is.
 *
 * Invariants:
 * - Nothing is read before the first `wait()` (or `start()`), and nothing after the end.
 * - Upstream is pulled for 1 to `room()` values, and not again in a turn in which it has answered PENDING.
 * - `isResting` only from a `rest()` until the next `goOn()`, and `isAwaited` only from a `wait()` until the next `tell()`: state
 *   first, waking afterwards, so a wake inside the turn is kept for the next one.
 *
 * @example
 * ```ts
 * class Held<T> implements Puller<T>, Keeper<T> {
 *   readonly #ring = new RingBuffer<T>(16)
 *   readonly #feed: Feed<T>
 *   constructor(upstream: Openable<T>, stage: Stage) {
 *     this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
 *   }
 *   pull(into: T[], limit: number): number {
 *     const count = this.#ring.drain(into, limit)
 *     if (count > 0) this.#feed.goOn()
 *     if (count > 0) return count
 *     return this.#feed.isOver ? DONE : this.#feed.wait()
 *   }
 *   room() { return 16 - this.#ring.size || this.#feed.rest() }
 *   take(values: readonly T[], count: number) {
 *     for (let i = 0; i < count; i++) this.#ring.push(values[i] as T)
 *     this.#feed.tell()
 *     return false
 *   }
 *   ended() { this.#feed.tell() }
 * }
 * ```
 */
export class Feed<T> {
  /** For the tickets of what the stage hands out: an array where upstream gives any, else null. */
  readonly tickets: Tickets | null
  /** Has the task look again. Never reads in the call. */
  readonly wake: Wake
  /** The task found no room. */
  isResting = false
  /** The consumer was answered PENDING and waits for a wake. */
  isAwaited = false
  readonly #stage: Stage
  readonly #keeper: Keeper<T>
  readonly #upstream: Fed<T>
  readonly #task: WakeableTask
  readonly #times: BatchTimes
  readonly #othersHadTheirTurn = (): void => {
    this.#givesWay = false
    this.wake()
  }
  readonly #batch: T[] = []
  #begun = false
  #isReading = false
  /** The consumer was woken, and has its turn first. */
  #givesWay = false
  #ended = false

  /**
   * @param stage owns the task.
   * @param keeper is asked nothing before the first turn.
   * @param open opens what is read; called at once, with what upstream is to wake.
   */
  constructor(stage: Stage, keeper: Keeper<T>, open: (wake: Wake) => Fed<T>) {
    this.#stage = stage
    this.#keeper = keeper
    this.#task = stage.task(() => this.#turn())
    const running = runningStage(stage)
    this.#times = new BatchTimes(running.scope, running)
    this.wake = this.#task.wake
    this.#upstream = open(this.wake)
    this.tickets = this.#upstream.tickets ? [] : null
  }

  /** Nothing more is read: upstream has ended or failed, or `end()` was called. */
  get ended(): boolean {
    return this.#ended
  }

  /** Nothing more comes from upstream: what is held comes out, then the stage answers DONE. */
  get isOver(): boolean {
    return this.#ended || this.#stage.failing
  }

  /** Begins to read; `wait()` does so by itself. */
  start(): void {
    if (this.#begun) return
    this.#begun = true
    this.wake()
  }

  /** The consumer found nothing: answers PENDING, and `tell()` will wake the consumer. */
  wait(): number {
    this.isAwaited = true
    this.start()
    return PENDING
  }

  /** Wakes a consumer that waits; answers whether one did. */
  tell(): boolean {
    if (!this.isAwaited) return false
    this.isAwaited = false
    this.#stage.wake()
    return true
  }

  /** The keeper is full: the answer of its `room()`. */
  rest(): 'backpressured' {
    this.isResting = true
    return 'backpressured'
  }

  /** The keeper has room again. */
  goOn(): void {
    if (!this.isResting) return
    this.isResting = false
    this.wake()
  }

  /** Reads nothing more, whatever is to come. Upstream stays open until the stage ends. */
  end(): void {
    this.#ended = true
  }

  /** Reads nothing more, and closes upstream. */
  leave(): void {
    this.#ended = true
    void (this.#upstream as Partial<Outlet<T>>).close?.({ status: 'cancelled', reason: undefined })
  }

  /**
   * Reads within the call while the slice is not used up, else in a turn of the task: for a consumer outside the run, who finds a
   * value that is at hand when the call returns. Inside a turn of the feed it does nothing, because that turn goes on.
   */
  readNow(): void {
    if (this.#isReading || this.#ended || this.#stage.outcome) return
    this.#begun = true
    if (this.#stage.scope.scheduler.spent(1)) this.wake()
    else this.#turn()
  }

  #turn(): StageState {
    let state: StageState
    this.#isReading = true
    try {
      state = this.#begun ? this.#read() : 'idle'
    } catch (error) {
      // The keeper has thrown: user code in it, or a policy.
      this.#ended = true
      this.#stage.fail(error)
      state = 'idle'
    } finally {
      this.#times.end()
      this.#isReading = false
    }
    return this.#keeper.turned?.(state) ?? state
  }

  #read(): StageState {
    const { scheduler } = this.#stage.scope
    while (!this.#ended) {
      // A wake of upstream's does not end that, either.
      if (this.#givesWay) return 'busy'
      // A wake of upstream's does not end a rest: a keeper that is nearly full would be filled value by value.
      if (this.isResting) return 'backpressured'
      const room = this.#keeper.room()
      if (typeof room === 'string') return room
      const isTimed = this.#times.begin()
      const count = this.#pull(Math.min(room, scheduler.batch))
      if (count === PENDING || count === DONE) return 'idle'
      let consumerFirst = false
      if (count > 0) {
        consumerFirst = this.#keeper.take(this.#batch, count, this.#upstream.tickets)
        for (let i = 0; i < count; i++) this.#batch[i] = undefined as T
      }
      if (isTimed) this.#times.end()
      const isSpent = scheduler.spent(Math.max(count, 1))
      if (consumerFirst && this.#stage.scope.afterOthers(this.#othersHadTheirTurn)) {
        this.#givesWay = true
        return 'busy'
      }
      if (isSpent || consumerFirst) {
        this.wake()
        return 'busy'
      }
    }
    return 'idle'
  }

  #pull(limit: number): number {
    let count: number
    try {
      count = this.#upstream.pull(this.#batch, limit)
    } catch (error) {
      this.#ended = true
      if (this.#keeper.failed) this.#keeper.failed(error)
      else this.#stage.fail(error)
      return DONE
    }
    if (count === DONE) {
      this.#ended = true
      this.#keeper.ended()
    }
    return count
  }
}
