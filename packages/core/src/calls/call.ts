import type { Stage } from '../contract/stage'
import { Trial } from '../engine/trial'

/** What became of a call so far; 'running' until the call has settled, the wait for its turn included. */
export type CallState = 'running' | 'done' | 'skipped' | 'failed'

/** Who is told what a call's promise came to: the {@link Calls}. */
export interface CallOwner<A, B> {
  resolved(call: Call<A, B>, value: B): void
  rejected(call: Call<A, B>, error: unknown): void
}

/**
 * One call in flight, and the trial of its item; at once the context that a user's function gets. A call serves the next item
 * when its result was delivered, so that an item costs no object and no closure: `onResolve` and `onReject` are made once.
 *
 * Invariant: from its start until it has settled exactly one of "the maker has it", "a trial is open", "the next try waits for
 * its turn, or for an overdue try" is true.
 */
export class Call<A, B> extends Trial<A> {
  state: CallState = 'running'
  value: B | undefined = undefined
  /** Whose figures count where a limit has some for each key, and whose turn it is where calls of a key wait for one another. */
  key: unknown = undefined
  /** What the stage knows of this call beside that, and keeps with it for the next item. */
  mark: unknown = undefined
  /** The position of this call in its ring. */
  at = 0
  /** Since when its try is under way; undefined where that is not timed. */
  since: number | undefined = undefined
  /** How many were under way with it then. */
  level = 0
  /** A try that has run out of time and runs on: it holds the place of this call. Set and ended by the maker. */
  overdue: unknown = undefined
  /** What the item needs is gone: there is no further try. Set by the maker. */
  unrepeatable = false
  readonly onResolve: (value: B) => void
  readonly onReject: (error: unknown) => void
  readonly #stage: Stage

  constructor(stage: Stage, owner: CallOwner<A, B>) {
    super()
    this.#stage = stage
    this.onResolve = (value) => { owner.resolved(this, value) }
    this.onReject = (error) => { owner.rejected(this, error) }
  }

  get signal(): AbortSignal {
    return this.#stage.scope.signal
  }
}
