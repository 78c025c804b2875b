import { DONE, PENDING, type Openable, type Outlet, type Stage, type StageState, type Tickets } from '@sluice/core'
import { WorkAhead } from './work-ahead'

/** Keeps what was read ahead: what operators that read ahead differ in. */
export interface Kept<A> {
  /** How many values it takes now, 1 or more; or why it takes none. */
  room(): number | StageState
  /** Takes `count` values. True: the consumer was woken, and has its turn before more is read. */
  take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean
  /** There will be no more. */
  ended(): void
}

/**
 * Reads upstream ahead of the consumer, as much as can be kept.
 *
 * ```text
 *   upstream ◀─pull─ task ─▶ [kept] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariant: nothing is pulled before the consumer has first waited, nor while there is no room.
 */
export class ReadAhead<A> extends WorkAhead {
  /** Where tickets of values that are handed out are put; null where there are none. */
  readonly tickets: Tickets | null
  readonly #upstream: Outlet<A>
  readonly #batch: A[] = []
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, kept: Kept<A>) {
    super(stage, () => this.#read(stage, kept))
    this.#upstream = stage.open(upstream, this.task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
  }

  /** Nothing more is read: upstream has ended, or the end was made. */
  get ended(): boolean {
    return this.#ended
  }

  /** Reads nothing more, whatever is to come. */
  end(): void {
    this.#ended = true
  }

  #read({ scope: { scheduler } }: Stage, kept: Kept<A>): StageState {
    while (!this.#ended) {
      const room = kept.room()
      if (typeof room === 'string') return room
      const count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.#ended = true
        kept.ended()
        return 'idle'
      }
      const consumerFirst = kept.take(this.#batch, count, this.#upstream.tickets)
      for (let i = 0; i < count; i++) this.#batch[i] = undefined as A
      if (scheduler.spent(count) || consumerFirst) {
        this.task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }
}
