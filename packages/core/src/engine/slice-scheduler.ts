import type { Clock } from '../contract/clock'
import type { Scheduler, Task } from '../contract/scheduler'
import { systemClock } from '../time/clock'
import { macrotask } from './macrotask'

/** How long ready work may run before timers and I/O get their turn. */
const SLICE_MS = 8
/** The same for work that began in a microtask: the phase of the event loop it delays may not be its own. */
const FIRST_SLICE_MS = 4
/** How much work is done between two looks at the clock, once its pace is known. */
const LOOK_MS = 0.5
/** Larger batches gain nothing more (measured: 256 at a time 8.3 ms, 1,024 at a time 8.2 ms for 1e6 values). */
const MAX_BATCH = 256

const resolved = Promise.resolve()

/**
 * Runs ready tasks in a microtask, and after a time slice goes on in a macrotask.
 *
 * ```text
 *   enqueue ─▶ [ready] ─ microtask ─▶ run, run, run … 8 ms ─ macrotask ─▶ run, run …
 *                                          └ timers, I/O ─┘
 * ```
 *
 * The clock is read about every half millisecond of work, not per value: `#granted` is how many units that is at the
 * pace last seen. It starts at 1 and at most doubles from look to look, so the first values of a slow function do not
 * stretch the slice, and it is the batch size too.
 */
export class SliceScheduler implements Scheduler {
  readonly #clock: Clock
  readonly #flush = (): void => { this.#runReady() }
  readonly #flushFresh = (): void => {
    this.#sliceStart = this.#lastLook = this.#clock.now()
    this.#over = false
    this.#sliceMs = SLICE_MS
    this.#runReady()
  }
  /** Tasks in the order they became ready, each with the one after it: a list needs no room and no moving. */
  #first: Task | undefined
  #last: Task | undefined
  /** Tasks are being run, or will be without anybody having to see to it. */
  #busy = false
  #over = false
  #sliceMs = FIRST_SLICE_MS
  #granted = 1
  #left = 1
  #sliceStart: number
  #lastLook: number
  batch = 1

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    this.#sliceStart = this.#lastLook = clock.now()
  }

  enqueue(task: Task): void {
    if (this.#first === undefined) this.#first = task
    else (this.#last as Task).next = task
    this.#last = task
    if (!this.#busy) this.#arm()
  }

  dispatch(wake: () => void): void {
    if (this.#busy) {
      wake()
      return
    }
    // Being busy keeps `enqueue` from arming a microtask that would find nothing to do.
    // A wake runs no user code, so it does not throw.
    this.#busy = true
    wake()
    if (this.#over) this.#arm()
    else this.#runReady()
  }

  spent(units: number): boolean {
    this.#left -= units
    return this.#left <= 0 ? this.#look() : this.#over
  }

  #look(): boolean {
    const now = this.#clock.now()
    const perUnit = (now - this.#lastLook) / (this.#granted - this.#left)
    this.#lastLook = now
    const affordable = perUnit > 0 ? LOOK_MS / perUnit : Infinity
    this.#left = this.#granted = Math.max(1, Math.min(this.#granted * 2, affordable, 8 * MAX_BATCH)) | 0
    this.batch = Math.min(this.#granted, MAX_BATCH)
    return (this.#over = now - this.#sliceStart >= this.#sliceMs)
  }

  #arm(): void {
    this.#busy = this.#first !== undefined
    if (!this.#busy) return
    // A promise reaction costs a third of queueMicrotask in Node (20 ns against 62).
    if (this.#over) macrotask(this.#flushFresh)
    else void resolved.then(this.#flush)
  }

  #runReady(): void {
    let task: Task | undefined
    while ((task = this.#first) !== undefined) {
      this.#first = task.next
      task.next = undefined
      task.run()
      if (--this.#left <= 0 ? this.#look() : this.#over) break
    }
    if (this.#first === undefined) {
      // What is done is not kept alive.
      this.#last = undefined
      this.#sliceMs = FIRST_SLICE_MS
    }
    this.#arm()
  }
}

let shared: Scheduler | undefined

/** The scheduler of all runs that are given none: one, so that ten runs do not take ten slices in a row. */
export function sharedScheduler(): Scheduler {
  return (shared ??= new SliceScheduler())
}
