import { type Clock } from '@sluice/core'
import { macrotask, SliceScheduler, type Scheduler, type Task } from '@sluice/core/authoring'
import { ExploringScheduler } from '../../schedule/exploring-scheduler'
import { VirtualClock } from '../../time/virtual-clock'
import type { ScheduleDraft } from './draft'

/** How a run under a {@link World} came to rest. */
export type Rest = 'settled' | 'never ends' | 'turns in a circle'

/** More turns of tasks, or timers, than any pipeline of this size needs. */
const MANY_TURNS = 100_000
const MANY_TIMERS = 5_000

/** Turns of the event loop without a ready task after which nothing goes on that needs no time. */
const QUIET_TURNS = 2
/** The same before it is said that a run never ends. */
const VERY_QUIET_TURNS = 24

/** Time and schedule of one run: virtual, and of a drawn kind. */
export class World {
  readonly clock = new VirtualClock()
  readonly scheduler: WatchedScheduler
  /** The source text of the scheduler. */
  readonly text: string

  constructor([kind, seed]: ScheduleDraft) {
    if (kind <= 1) {
      const slices = new SliceScheduler(this.clock)
      this.scheduler = new WatchedScheduler(kind === 0 ? warm(slices) : slices)
      this.text = kind === 0 ? 'warm(new SliceScheduler(clock))' : 'new SliceScheduler(clock)'
    } else if (kind === 2) {
      this.scheduler = new WatchedScheduler(new SliceScheduler(new TickingClock(0.1 + (seed % 50) / 10)))
      this.text = `new SliceScheduler(new TickingClock(${0.1 + (seed % 50) / 10}))`
    } else {
      this.scheduler = new WatchedScheduler(new ExploringScheduler(seed))
      this.text = `new ExploringScheduler(${seed})`
    }
  }

  /** Lets everything come to rest, then goes on to the next timer, until `settled` answers true or nothing is left. */
  async runOut(settled: () => boolean): Promise<Rest> {
    for (let timers = 0; timers < MANY_TIMERS; timers++) {
      if (await this.#rest(settled, QUIET_TURNS)) return 'settled'
      if (this.scheduler.turns > MANY_TURNS) return 'turns in a circle'
      if (this.clock.fireNext()) continue
      if (await this.#rest(settled, VERY_QUIET_TURNS)) return 'settled'
      if (this.clock.pendingTimers === 0) return 'never ends'
    }
    return 'turns in a circle'
  }

  async #rest(settled: () => boolean, turns: number): Promise<boolean> {
    for (let quiet = 0; quiet < turns; quiet++) {
      await new Promise<void>(macrotask)
      if (settled()) return true
      if (this.scheduler.active()) quiet = -1
    }
    return false
  }
}

/** Lets a scheduler believe that much quick work was done, as in a process that has run for long: batches are large. */
export function warm<S extends Scheduler>(scheduler: S): S {
  const enqueue = scheduler.enqueue.bind(scheduler)
  scheduler.enqueue = (task) => {
    // Each task has a pace of its own.
    if ((task.granted ?? 1) < 64) task.granted = 64
    enqueue(task)
  }
  return scheduler
}

/** Hands on to another scheduler, and knows whether it was given something. */
export class WatchedScheduler implements Scheduler {
  readonly #inner: Scheduler
  #active = false
  #ready = 0
  readonly #watched = new WeakMap<Task, Task>()
  turns = 0

  constructor(inner: Scheduler) {
    this.#inner = inner
  }

  get batch(): number {
    return this.#inner.batch
  }

  enqueue(task: Task): void {
    this.#active = true
    // A run that turns in a circle would never let go of the loop: its tasks are dropped, and the run is found at rest.
    if (++this.turns > MANY_TURNS) return
    this.#ready++
    let watched = this.#watched.get(task)
    if (watched === undefined) {
      // The same one each time: a scheduler keeps the pace of a task on it.
      watched = { run: () => { this.#ready--; task.run() } }
      this.#watched.set(task, watched)
    }
    this.#inner.enqueue(watched)
  }

  dispatch(wake: () => void): void {
    this.#active = true
    this.#inner.dispatch(wake)
  }

  spent(units: number): boolean {
    return this.#inner.spent(units)
  }

  worked(units: number): void {
    this.#inner.worked?.(units)
  }

  isSpent(): boolean {
    return this.#inner.isSpent?.() === true
  }

  /** Whether something is ready, or it was given something since this was asked before. */
  active(): boolean {
    const active = this.#active || this.#ready > 0
    this.#active = false
    return active && this.turns <= MANY_TURNS
  }
}

/** A clock by which every look takes so many ms: slices of time are used up after a few looks. */
export class TickingClock implements Clock {
  #now = 0

  constructor(readonly stepMs: number) {}

  now(): number {
    return (this.#now += this.stepMs)
  }

  after(): () => void {
    throw new Error('a scheduler sets no timer')
  }
}
