import type { Clock, RunOptions } from '@sluice/core'
import type { Scheduler, Task } from '@sluice/core/authoring'
import type { SchedulerLike } from 'rxjs'

/**
 * Run options that let an RxJS scheduler own time and turns: with a TestScheduler a whole pipeline runs in virtual time.
 *
 * Stages that wait for promises still wait for those. Turns are scheduled without delay, so under the asyncScheduler each
 * costs a timer: this is for tests and animation frames, not for speed.
 *
 * @param scheduler any scheduler of RxJS.
 *
 * @example
 * ```ts
 * const run = interval(10).pipe(take(2)).to(toArray()).run(runOnRx(asyncScheduler))
 * await run // [0, 1]
 * ```
 */
export function runOnRx(scheduler: SchedulerLike): Required<Pick<RunOptions, 'clock' | 'scheduler'>> {
  const clock: Clock = {
    now: () => scheduler.now(),
    after(delayMs, callback) {
      const subscription = scheduler.schedule(callback, delayMs)
      return () => { subscription.unsubscribe() }
    },
  }
  return { clock, scheduler: new RxTurns(scheduler) }
}

/** Each ready task is a piece of work of the RxJS scheduler. */
class RxTurns implements Scheduler {
  readonly batch = 64
  readonly #scheduler: SchedulerLike

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler
  }

  enqueue(task: Task): void {
    this.#scheduler.schedule(() => { task.run() })
  }

  dispatch(wake: () => void): void {
    wake()
  }

  spent(): boolean {
    return false
  }
}
