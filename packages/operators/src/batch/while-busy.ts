import {
  DONE, PENDING,
  type OnError, type Openable, type Outcome, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core'
import { WorkAhead } from '../pace/work-ahead'
import { Guarded } from './guarded'

/** What is kept for downstream while it is busy. */
export interface Keeper<A, R, B> {
  readonly isEmpty: boolean
  /** True: no value fits, whatever it is. */
  readonly isFull: boolean
  /** Takes the value that is there, where it fits. An empty keeper takes any. */
  take(values: Guarded<A, R>): boolean
  handOver(into: B[], tickets: Tickets): void
  giveBack(outcome: Outcome): void
}

/**
 * Goes on pulling while downstream is busy, and keeps what comes in *one* value for it.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ keeper ─▶ pull ◀─ consumer
 *                     ▲         └ full: rests until it is handed over ┐
 *                     └───────────────────────────────────────────────┘
 * ```
 *
 * A consumer that waits is given its turn before more is pulled, so one that keeps up gets every value by itself.
 *
 * Invariant: work is awaited only while the keeper is empty.
 */
export class WhileBusy<A, R, B> implements Puller<B> {
  readonly tickets: Tickets = []
  readonly #stage: Stage
  readonly #keeper: Keeper<A, R, B>
  readonly #ahead: WorkAhead
  readonly #values: Guarded<A, R>
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, keeper: Keeper<A, R, B>, call: (value: A) => R, onError: OnError<A> | undefined) {
    this.#stage = stage
    this.#keeper = keeper
    this.#ahead = new WorkAhead(stage, () => this.#work())
    const { wake } = this.#ahead.task
    const outlet = stage.open(upstream, wake)
    this.#values = new Guarded(outlet, stage, call, onError, wake)
  }

  pull(into: B[]): number {
    if (!this.#keeper.isEmpty) {
      this.#keeper.handOver(into, this.tickets)
      this.#ahead.goOn()
      return 1
    }
    if (this.#ended) return DONE
    this.#ahead.wait()
    return PENDING
  }

  close(outcome: Outcome): void {
    this.#keeper.giveBack(outcome)
    this.#values.close(outcome)
  }

  #work(): StageState {
    const { scheduler } = this.#stage.scope
    while (!this.#ended) {
      const found = this.#keeper.isFull ? 1 : this.#values.peek()
      if (found === PENDING) return 'idle'
      if (found === DONE) this.#ended = true
      if (found === 1 && (this.#keeper.isFull || !this.#keeper.take(this.#values))) return this.#ahead.rest()
      if ((this.#ended || !this.#keeper.isEmpty) && this.#ahead.tell()) {
        if (!this.#ended) this.#ahead.task.wake()
        return 'busy'
      }
      if (scheduler.spent(1)) {
        this.#ahead.task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }
}
