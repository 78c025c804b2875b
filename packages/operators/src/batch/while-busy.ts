import { type OnError, type Outcome } from '@sluice/core'
import {
  DONE, type Feed, type Keeper as FeedKeeper, type Openable, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core/authoring'
import { guardedFeed, type Guarded } from './guarded'

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
export class WhileBusy<A, R, B> implements Puller<B>, FeedKeeper<A> {
  readonly tickets: Tickets = []
  readonly #keeper: Keeper<A, R, B>
  readonly #feed: Feed<A>
  readonly #values: Guarded<A, R>

  constructor(upstream: Openable<A>, stage: Stage, keeper: Keeper<A, R, B>, call: (value: A) => R, onError: OnError<A> | undefined) {
    this.#keeper = keeper
    const { feed, values } = guardedFeed(upstream, stage, this, call, onError)
    this.#feed = feed
    this.#values = values
  }

  pull(into: B[]): number {
    if (!this.#keeper.isEmpty) {
      this.#keeper.handOver(into, this.tickets)
      this.#feed.goOn()
      return 1
    }
    return this.#feed.isOver ? DONE : this.#feed.wait()
  }

  close(outcome: Outcome): void {
    this.#keeper.giveBack(outcome)
    this.#values.close(outcome)
  }

  room(): number | StageState {
    if (this.#values.isThere && this.#place()) {
      this.#feed.wake()
      return 'busy'
    }
    return this.#values.isThere || this.#keeper.isFull ? this.#feed.rest() : 1
  }

  take(): boolean {
    return this.#place()
  }

  ended(): void {
    this.#feed.tell()
  }

  /** Gives the value that is there to the keeper, if it fits; true where the consumer was woken for it. */
  #place(): boolean {
    return this.#keeper.take(this.#values) && this.#feed.tell()
  }
}
