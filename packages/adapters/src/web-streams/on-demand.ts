import { type Pipeline, type Source } from '@sluice/core'
import { DONE, PENDING, sink, source, type Outlet, type Stage, type StageState, type WakeableTask } from '@sluice/core/authoring'

/** Who wants values from outside, and takes them. */
export interface Demand<T> {
  /** How many values are wanted now; 0 for none. */
  wanted(): number
  /** Takes one of them. What it throws fails the run. */
  take(value: T): void
}

/** The source of a pipeline whose sink reads by itself: never pulled. */
const unread = source<never>('unread', () => ({ pull: () => PENDING }))

/**
 * A pipeline that is pulled by whoever wants its values, and not by a driver of its own.
 *
 * ```text
 *   source ◀─ pull ─ turn() ◀─ "a value is wanted", from outside
 *      └── wake ──▶ task ──▶ turn()
 * ```
 *
 * As in an iteration, a value that is at hand is there when the call returns. A driver's turn for each value would cost
 * as much as a third of the read of a stream (measured: 650 ns a value, so 500, a stream made by hand 460).
 *
 * @param opened gets the function to call when more is wanted than before.
 */
export function runOnDemand<T>(name: string, values: Source<T>, demand: Demand<T>, opened: (turn: () => void) => void): Pipeline<void> {
  return unread.to(sink<never, void>(name, (stage) => {
    const reading = new Reading(values, demand, stage)
    opened(() => { reading.turn() })
    return {
      // Nothing is ever written: 0 says that the source has ended.
      demand: () => (reading.ended ? 0 : PENDING),
      write: () => {},
      end: () => {},
    }
  }))
}

class Reading<T> {
  ended = false
  readonly #demand: Demand<T>
  readonly #stage: Stage
  readonly #task: WakeableTask
  readonly #outlet: Outlet<T>
  readonly #batch: T[] = []
  #turning = false

  constructor(values: Source<T>, demand: Demand<T>, stage: Stage) {
    this.#demand = demand
    this.#stage = stage
    this.#task = stage.task(() => this.#pump())
    this.#outlet = stage.open(values, this.#task.wake)
  }

  /** Hands on what is wanted and there; once the time slice is used up, in a turn of its own. */
  turn(): void {
    if (this.ended || this.#turning || this.#stage.outcome) return
    if (this.#stage.scope.scheduler.spent(1)) this.#task.wake()
    else this.#pump()
  }

  #pump(): StageState {
    // User code of the source may have asked for more of the stream it feeds: the loop sees to that.
    if (this.#turning || this.ended) return 'idle'
    this.#turning = true
    try {
      return this.#pull()
    } catch (error) {
      this.ended = true
      this.#stage.fail(error)
      return 'idle'
    } finally {
      this.#turning = false
    }
  }

  #pull(): StageState {
    const { scheduler } = this.#stage.scope
    for (let wanted = this.#demand.wanted(); wanted > 0; wanted = this.#demand.wanted()) {
      const count = this.#outlet.pull(this.#batch, Math.min(wanted, scheduler.batch))
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.ended = true
        this.#stage.wake()
        return 'idle'
      }
      for (let i = 0; i < count; i++) {
        const value = this.#batch[i] as T
        this.#batch[i] = undefined as T
        this.#demand.take(value)
        this.#stage.settle(this.#outlet.tickets?.[i], 'delivered')
      }
      if (count > 1 && scheduler.spent(count)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'backpressured'
  }
}
