/* eslint-disable max-lines -- the pace of tasks is to move into a file of its own */
import type { Clock } from '../contract/clock'
import type { Scheduler, Task } from '../contract/scheduler'
import { processWide } from '../copies/process-wide'
import { systemClock } from '../time/clock'
import { afterMicrotasks } from './after-microtasks'
import { GAP_MS, GapShare } from './gap-share'
import { macrotask } from './macrotask'
import { TaskList } from './task-list'

/** How long ready work may run before timers and I/O get their turn: a slice with the gaps before and after it. */
const TURN_MS = 8
/** A slice is at most this long while others work in the gaps; with a gap before and after it, it fills a turn. */
const SHARED_SLICE_MS = 3
/** From here on slices double. */
const LEAST_SLICE_MS = 1 / 64
/** What a task that rests is let off each time it is passed over, on clocks too coarse to tell that time has passed. */
const LEAST_MS = 1 / 1024
/** Slices make up for a long gap, but no longer than this: not all that happened in it has to have been ours. */
const MOST_DUE_MS = 64
/** How much work is done between two looks at the clock, once its pace is known. */
const LOOK_MS = 0.5
/** Units at most between two looks, so that work which turns slow is seen after so many calls. */
const MAX_BATCH = 64
/**
 * From so many units on a look comes early, when half of them are left. A batch of what a turn has left would cost a whole turn for
 * next to nothing: four sinks of a broadcast asked for 43, 31, 1 and 1 values, and the least of them is what is read. A task that
 * may do fewer is slow, and its turns cost little beside its work.
 */
const EARLY_LOOK = 16
/** Work between two looks that took longer than this is told to its task, whose meter may have left out the turn. */
const NOTED_MS = 5

const resolved = Promise.resolve()

/**
 * Runs ready tasks in a microtask, and after a time slice goes on in a macrotask.
 *
 * ```text
 *   macrotask ─▶ slice: tasks that gave way ─▶ gap: tasks that are woken from outside ─▶ timers, I/O ─▶ macrotask
 *                  [yielded]                     [deferred], then whatever promises wake
 * ```
 *
 * A *slice* belongs to tasks that have more to do whenever they are asked. The *gap* after it belongs to all others:
 * a task that was woken by a promise runs at once there, and the chain of promises goes on. While others work in the
 * gaps, a slice is only as long as the gap before it, so each side has about half of the time; while nobody does,
 * slices double until they fill the turn. While somebody is woken between turns, by a macrotask, gaps are short as well
 * ({@link GapShare}): those tasks run first, and then the chains of promises have their share. A slice that took longer than it was given owes that to the others, and is
 * left out until a gap has paid for it. Tasks that are still woken by other tasks when a gap is used up have more to do, too:
 * the next slice is theirs.
 *
 * The clock is read about every half millisecond of work, not per value. `granted` is how many units that is at the
 * pace last seen; each task has its own, so that a fast one does not lend its pace to a slow one. It starts at 1 and at
 * most doubles from look to look, so the first values of a slow function do not stretch the slice.
 *
 * Invariants: `#left` is at most 64 after a look and only falls until the next one, whatever task runs. A task is in at
 * most one of the five lists, and `#followers` is empty but in a gap that is running. While `#over` is true or a task is
 * yielded or deferred, a macrotask is on its way.
 */
export class SliceScheduler implements Scheduler {
  readonly #clock: Clock
  readonly #flush = (): void => {
    this.#armed = false
    if (!this.#running) this.#run()
  }
  readonly #turn = (): void => { this.#beginTurn() }
  readonly #drain = (): void => {
    if (!this.#over) return
    this.#drained = true
    this.#tick()
    this.#gapShare.close(this.#time)
  }
  /** Stands for work outside any task, as the loop of an iterator is. */
  readonly #outsider: Task = { run() {}, granted: 1, unitMs: 0 }

  /** Tasks of the current phase. */
  readonly #ready = new TaskList()
  /** Tasks that other tasks woke in a gap, or that woke themselves: they run after those that were woken from outside. */
  readonly #followers = new TaskList()
  /** Tasks that gave way when their time was used up: the next slice is theirs. */
  readonly #yielded = new TaskList()
  /** Tasks that were woken when the gap was used up: they come first in the next one. */
  readonly #deferred = new TaskList()
  /** Tasks that were woken after that, by a macrotask: they come before those. */
  readonly #waiters = new TaskList()
  readonly #gapShare = new GapShare()

  #running = false
  /** A microtask will run what is ready. */
  #armed = false
  /** A macrotask will begin the next turn. */
  #turnArmed = false
  /** Somebody was woken, or worked, outside of a running task since the turn began. */
  #outside = false
  #inSlice = false
  #over = false
  /** The gap is used up and the microtasks of it have run out: whoever is woken now was woken by a macrotask. */
  #drained = false
  /** Deferred tasks have their turn in this gap when the waiters have had theirs. */
  #held = false
  /** There were waiters in this gap. */
  #waited = false
  /** A task has run since the turn began. */
  #worked = false
  /** Others may have worked since the clock was read last: what has passed since then was not all ours. */
  #rested = true
  /** Others were at work in the turn before: tasks that took too much rest meanwhile. */
  #patient = false

  /** Time as this scheduler counts it: a clock that steps back counts as one that stands still. */
  #time = 0
  #reading: number
  #deadline = 0
  #turnStart = 0
  #turnEnd = 0
  #sliceEnd = 0
  #gapStart = 0
  #sliceMs = LEAST_SLICE_MS
  /** What each task of a slice may use of it, so that all have their turn. */
  #shareMs = 0
  /** What slices may use until those that wait for promises have their turn again. */
  #due = 0
  /** What tasks of the last slice took beyond their shares. */
  #excess = 0

  #current: Task = this.#outsider
  /** The running task, where it has woken itself. */
  #again: Task | undefined
  #granted = 1
  #left = 1
  /** The deadline is nearer than a look away. */
  #scarce = false

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    this.#reading = clock.now()
  }

  get batch(): number {
    return this.#left > 0 ? this.#left : 1
  }

  enqueue(task: Task): void {
    if (!this.#running) this.#outside = true
    else if (task === this.#current) {
      // Where it belongs is known when it has returned.
      this.#again = task
      return
    }
    if (this.#over) {
      // A task that is woken from outside has not had its turn.
      (this.#running ? this.#yielded : this.#drained ? this.#waiters : this.#deferred).push(task)
      this.#armTurn()
    } else {
      (this.#running && !this.#inSlice ? this.#followers : this.#ready).push(task)
      if (!this.#running) this.#arm()
    }
  }

  dispatch(wake: () => void): void {
    if (this.#running || this.#armed) {
      wake()
      return
    }
    this.#outside = true
    if (this.#over) {
      wake()
      return
    }
    // Being at it keeps `enqueue` from arming a microtask that would find nothing to do.
    // A wake runs no user code, so it does not throw.
    this.#running = true
    wake()
    this.#run()
  }

  spent(units: number): boolean {
    if (!this.#running) this.#outside = true
    this.#left -= units
    const { granted = 1 } = this.#current
    if (this.#left <= (granted < EARLY_LOOK ? 0 : granted >> 1)) return this.#look()
    // Or tasks that ask for 3 and 4 values by turns, of a grant of 8, would never be seen to be quick.
    if (granted < EARLY_LOOK) this.#current.granted = granted + 1
    return this.#over
  }

  worked(units: number): void {
    this.#left -= units
  }

  isSpent(): boolean {
    if (!this.#running) this.#outside = true
    return this.#left <= 0 ? this.#look() : this.#over
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    // A promise reaction costs a third of queueMicrotask in Node (20 ns against 62).
    void resolved.then(this.#flush)
  }

  #armTurn(): void {
    if (this.#turnArmed) return
    this.#turnArmed = true
    macrotask(this.#turn)
  }

  #tick(): number {
    const reading = this.#clock.now()
    const passed = Math.max(0, reading - this.#reading)
    this.#reading = reading
    this.#time += passed
    return passed
  }

  /** Reads the clock: what is the pace of the running task, and is its time used up? */
  #look(): boolean {
    const task = this.#current
    const passed = this.#tick()
    if (passed >= NOTED_MS && !this.#rested) task.tookLong?.(passed)
    this.#rested = false
    // By no more than was granted: a batch counts once for each stage that hands it on, and the next one as well.
    task.unitMs = passed / (this.#left > 0 ? this.#granted - this.#left : this.#granted)
    task.granted = Math.max(1, Math.min((task.granted ?? 1) * 2, passed > 0 ? LOOK_MS / task.unitMs : MAX_BATCH, MAX_BATCH)) | 0
    if (this.#time >= this.#deadline) {
      if (this.#inSlice) this.#over = true
      else if (this.#turnArmed || this.#gapShare.isShort) this.#closeGap()
      else this.#afresh()
    }
    this.#regrant()
    this.#install(task)
    return this.#over
  }

  /**
   * Nothing was on its way to begin another turn, so the gap goes back to whenever the last work was. A turn is sent for,
   * and until then there is another gap: together no longer than a turn.
   */
  #afresh(): void {
    this.#armTurn()
    if (this.#time - this.#deadline > GAP_MS) {
      this.#gapStart = this.#time
      this.#gapShare.begin(this.#time)
    }
    this.#deadline = this.#time + GAP_MS
  }

  #closeGap(): void {
    this.#over = true
    this.#drained = false
    afterMicrotasks(this.#drain)
    this.#armTurn()
  }

  /** Counts from 0 again; the next task that is installed says how far. */
  #regrant(): void {
    this.#scarce = this.#deadline - this.#time < LOOK_MS
    this.#left = this.#granted = MAX_BATCH
    this.#current = this.#outsider
  }

  #install(task: Task): void {
    this.#current = task
    this.#worked = true
    const { granted = 1, unitMs = 0 } = task
    const grant = this.#scarce && unitMs > 0 ? Math.max(1, Math.min(granted, (this.#deadline - this.#time) / unitMs)) | 0 : granted
    if (grant >= this.#left) return
    this.#granted += grant - this.#left
    this.#left = grant
  }

  #run(): void {
    this.#running = true
    for (;;) {
      const task = this.#ready.shift() ?? this.#followers.shift()
      if (task === undefined) {
        if (this.#inSlice) this.#openGap()
        else if (this.#held) this.#letIn()
        else break
        continue
      }
      if (this.#inSlice && this.#patient && this.#rests(task)) continue
      if (task !== this.#current) this.#install(task)
      task.run()
      if (--this.#left <= 0) this.#look()
      if (this.#again !== undefined) this.#requeue(this.#again)
      if (this.#over && !this.#goOn(task)) break
    }
    this.#running = false
    this.#rested = true
    this.#current = this.#outsider
  }

  /** The task has more to do: in this phase, or where its time is used up in the next slice. */
  #requeue(task: Task): void {
    this.#again = undefined
    if (this.#over) {
      this.#yielded.push(task)
      this.#armTurn()
    } else {
      (this.#inSlice ? this.#ready : this.#followers).push(task)
    }
  }

  /** The task has taken more than its share, and others have not had as much since. */
  #rests(task: Task): boolean {
    const { restsUntil = 0 } = task
    if (restsUntil <= this.#time) return false
    task.restsUntil = restsUntil - LEAST_MS
    this.#yielded.push(task)
    return true
  }

  /** The time of the running task is used up: is there some for the next one? */
  #goOn(task: Task): boolean {
    if (!this.#inSlice) {
      this.#deferred.prepend(this.#ready)
      // They are not at rest although nobody from outside woke them: two tasks of one run that wake each other by turns
      // would have every gap.
      this.#yielded.prepend(this.#followers)
      if (!this.#deferred.isEmpty || !this.#yielded.isEmpty) this.#armTurn()
      if (!this.#held) return false
      // Waiters that fill a gap do not keep all others from working.
      this.#letIn()
      return !this.#over
    }
    const excess = this.#time - this.#deadline
    task.restsUntil = this.#time + excess
    // The others of the slice may have as much.
    if (this.#yielded.size + this.#ready.size > 1) this.#excess += excess
    if (this.#time >= this.#sliceEnd || this.#ready.isEmpty) {
      this.#openGap()
    } else {
      this.#over = false
      this.#deadline = Math.min(this.#time + this.#shareMs, this.#sliceEnd)
    }
    this.#regrant()
    return true
  }

  #beginTurn(): void {
    this.#turnArmed = false
    this.#tick()
    const time = (this.#turnStart = this.#time)
    // Where nobody was outside, whatever took the time was none of ours.
    this.#outside ||= !this.#deferred.isEmpty || !this.#waiters.isEmpty
    const gap = this.#outside ? time - this.#gapStart : 0
    this.#due = this.#outside ? Math.min(MOST_DUE_MS, this.#due + gap) : Math.min(TURN_MS, Math.max(this.#sliceMs * 2, LEAST_SLICE_MS))
    this.#sliceMs = this.#outside ? Math.min(this.#due + this.#excess, this.#due > SHARED_SLICE_MS ? TURN_MS : SHARED_SLICE_MS) : this.#due
    this.#excess = 0
    this.#patient = this.#outside || this.#worked
    this.#outside = this.#worked = false
    if (this.#yielded.isEmpty) {
      this.#due = 0
      this.#turnEnd = time + GAP_MS
      this.#openGap()
    } else {
      this.#turnEnd = time + TURN_MS - gap
      this.#sliceEnd = Math.min(time + this.#sliceMs, this.#turnEnd)
      this.#shareMs = (this.#sliceEnd - time) / this.#yielded.size
      this.#deadline = time + this.#shareMs
      this.#inSlice = true
      this.#over = false
      // A gap that has filled the turn by itself lets timers in first.
      if (this.#turnEnd > time) this.#ready.prepend(this.#yielded)
    }
    this.#regrant()
    this.#run()
  }

  /** The slice is over, or left out: those that wait for promises have their turn. */
  #openGap(): void {
    let closed = false
    if (this.#inSlice) {
      this.#inSlice = false
      // A step that was the last of its slice has not been seen by a look.
      if (this.#gapShare.isShort) this.#tick()
      this.#gapShare.charge(this.#time - this.#turnStart)
      // Tasks for which the slice was too short come first in the next one.
      this.#yielded.prepend(this.#ready)
      this.#due = this.#worked || this.#time >= this.#turnEnd ? Math.max(0, this.#due - (this.#time - this.#turnStart)) : 0
      closed = this.#due > SHARED_SLICE_MS && !this.#yielded.isEmpty
    }
    if (!this.#yielded.isEmpty) this.#armTurn()
    this.#gapStart = this.#time
    this.#deadline = Math.min(this.#time + GAP_MS, this.#turnEnd)
    this.#over = closed || this.#time >= this.#deadline
    if (this.#over) {
      if (!this.#deferred.isEmpty || !this.#waiters.isEmpty) this.#armTurn()
    } else {
      this.#held = true
      this.#waited = !this.#waiters.isEmpty
      this.#ready.prepend(this.#waiters)
    }
  }

  /** The waiters have had their turn: now those that were woken by promises, as long as is their share. */
  #letIn(): void {
    this.#held = false
    if (this.#waited) this.#tick()
    const lengthMs = this.#gapShare.open(this.#time, this.#waited)
    if (lengthMs > 0) {
      this.#deadline = this.#over ? this.#time + lengthMs : Math.min(this.#time + lengthMs, this.#turnEnd)
      this.#over = false
      this.#ready.prepend(this.#deferred)
      this.#regrant()
    } else {
      this.#closeGap()
    }
  }
}

let shared: Scheduler | undefined

/** The scheduler of all runs that are given none: one, so that ten runs do not take ten slices in a row. */
export function sharedScheduler(): Scheduler {
  return (shared ??= processWide<Scheduler>('scheduler', () => new SliceScheduler()))
}
