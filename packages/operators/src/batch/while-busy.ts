import {
  DONE, PENDING,
  type OnError, type Openable, type Outcome, type Puller, type Stage, type StageState, type Tickets, type WakeableTask,
} from '@sluice/core'
import { Guarded } from './guarded'

/** What is kept for downstream while it is busy. */
export interface Keeper<A, R, B> {
  readonly isEmpty: boolean
  /** True: no value fits, whatever it is. */
  readonly isFull: boolean
  /** Takes the value that is there, where it fits. An empty keeper takes any. */
  take(values: Guarded<A, R>): boolean
  handOver(into: B[], tickets: Tickets | null): void
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
 * Invariant: `#waiting` only while the keeper is empty.
 */
export class WhileBusy<A, R, B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #keeper: Keeper<A, R, B>
  readonly #task: WakeableTask
  readonly #values: Guarded<A, R>
  #started = false
  #resting = false
  #ended = false
  #waiting = false

  constructor(upstream: Openable<A>, stage: Stage, keeper: Keeper<A, R, B>, call: (value: A) => R, onError: OnError<A> | undefined) {
    this.#stage = stage
    this.#keeper = keeper
    this.#task = stage.task(() => this.#pump())
    const outlet = stage.open(upstream, this.#task.wake)
    this.#values = new Guarded(outlet, stage, call, onError, this.#task.wake)
    this.tickets = outlet.tickets ? [] : null
  }

  pull(into: B[]): number {
    if (!this.#keeper.isEmpty) {
      this.#keeper.handOver(into, this.tickets)
      if (this.#resting) {
        this.#resting = false
        this.#task.wake()
      }
      return 1
    }
    if (this.#ended) return DONE
    this.#waiting = true
    if (!this.#started) {
      this.#started = true
      this.#task.wake()
    }
    return PENDING
  }

  close(outcome: Outcome): void {
    this.#keeper.giveBack(outcome)
    this.#values.close(outcome)
  }

  #pump(): StageState {
    const { scheduler } = this.#stage.scope
    while (!this.#ended) {
      const found = this.#keeper.isFull ? 1 : this.#values.peek()
      if (found === PENDING) return 'idle'
      if (found === DONE) this.#ended = true
      if (found === 1 && (this.#keeper.isFull || !this.#keeper.take(this.#values))) {
        this.#resting = true
        return 'backpressured'
      }
      if (this.#waiting && (this.#ended || !this.#keeper.isEmpty)) {
        this.#waiting = false
        this.#stage.wake()
        if (!this.#ended) this.#task.wake()
        return 'busy'
      }
      if (scheduler.spent(1)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }
}
