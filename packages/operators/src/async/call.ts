import { type Permit } from '@sluice/core'
import { Trial, type Stage } from '@sluice/core/authoring'
import type { CallContext } from './call-options'
import type { TimedTry } from './timed-try'

/** What became of a call so far; 'running' until it has settled, that it waits for its turn included. */
export type CallState = 'running' | 'done' | 'skipped' | 'failed'

/** Who is told when a call settles. */
export interface CallOwner<A, B> {
  resolved(call: Call<A, B>, value: B): void
  rejected(call: Call<A, B>, error: unknown): void
}

/**
 * One call in flight, and the trial of its item. Used again for the next item when its result was delivered, so that a
 * call costs no closure: `onResolve` and `onReject` are made once.
 *
 * Invariant: from its start until it has settled exactly one of "it waits for a permit", "its promise is pending", "a
 * trial is open", "it waits for an overdue try to settle" is true.
 */
export class Call<A, B> extends Trial<A> implements CallContext {
  state: CallState = 'running'
  /** Whose figures count where a limit has some for each key. */
  key: unknown
  value: B | undefined
  permit: Permit | undefined
  /** When the function was called, where somebody wants to know. */
  startedAt = 0
  /** The try that took longer than `timeoutMs` and still holds the place of this call. */
  overdue: TimedTry<A, B> | undefined
  readonly #stage: Stage
  readonly onResolve: (value: B) => void
  readonly onReject: (error: unknown) => void

  constructor(stage: Stage, owner: CallOwner<A, B>) {
    super()
    this.#stage = stage
    this.onResolve = (value) => { owner.resolved(this, value) }
    this.onReject = (error) => { owner.rejected(this, error) }
  }

  get signal(): AbortSignal {
    return this.#stage.scope.signal
  }

  override begin(item: A, ticket: Call<A, B>['ticket']): void {
    super.begin(item, ticket)
    this.state = 'running'
  }

  /** The function has settled, whatever becomes of the item: its permit serves another call. */
  over(): void {
    this.permit?.release()
    this.permit = undefined
  }

  /** Lets go of what it held, for the next item. */
  override clear(): void {
    super.clear()
    this.value = undefined
  }
}
