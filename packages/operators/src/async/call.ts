import type { Permit, Stage, Ticket } from '@sluice/core'
import type { CallContext } from './call-options'

/** What became of a call so far; 'running' until it has settled, that it waits for its turn included. */
export type CallState = 'running' | 'done' | 'skipped' | 'failed'

/** Who is told when a call settles. */
export interface CallOwner<A, B> {
  resolved(call: Call<A, B>, value: B): void
  rejected(call: Call<A, B>, error: unknown): void
}

/**
 * One call in flight. Used again for the next item when its result was delivered, so that a call costs no closure:
 * `onResolve` and `onReject` are made once.
 *
 * Invariant: from its start until it has settled exactly one of "it waits for a permit", "its promise is pending", "a
 * recovery is pending" is true.
 */
export class Call<A, B> implements CallContext {
  state: CallState = 'running'
  /** Whose figures count where a limit has some for each key. */
  key: unknown
  item: A | undefined
  value: B | undefined
  error: unknown
  attempt = 1
  ticket: Ticket | undefined
  cancelTimeout: (() => void) | undefined
  permit: Permit | undefined
  /** When the function was called, where somebody wants to know. */
  startedAt = 0
  /** Aborts this call alone; made for calls with a timeout whose function reads the signal. */
  #controller: AbortController | undefined
  #unfollow: (() => void) | undefined
  readonly #stage: Stage
  readonly #timed: boolean
  readonly onResolve: (value: B) => void
  readonly onReject: (error: unknown) => void

  constructor(stage: Stage, owner: CallOwner<A, B>, timed: boolean) {
    this.#stage = stage
    this.#timed = timed
    this.onResolve = (value) => { owner.resolved(this, value) }
    this.onReject = (error) => { owner.rejected(this, error) }
  }

  get signal(): AbortSignal {
    const { signal } = this.#stage.scope
    if (!this.#timed) return signal
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController())
      const onAbort = (): void => { controller.abort(signal.reason) }
      // Not AbortSignal.any: on a signal that lives as long as the run every call would leave something behind.
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
      this.#unfollow = () => { signal.removeEventListener('abort', onAbort) }
    }
    return this.#controller.signal
  }

  begin(item: A, ticket: Ticket | undefined): void {
    this.state = 'running'
    this.item = item
    this.ticket = ticket
    this.attempt = 1
  }

  /** The call itself is over, whatever becomes of its item. */
  over(reason?: unknown): void {
    this.cancelTimeout?.()
    this.cancelTimeout = undefined
    this.permit?.release()
    this.permit = undefined
    if (reason !== undefined) this.#controller?.abort(reason)
    this.#unfollow?.()
    this.#unfollow = this.#controller = undefined
  }

  /** Nothing will come of its item: its ticket goes back, once. */
  giveBack(reason: unknown): void {
    this.ticket?.nack(reason)
    this.ticket = undefined
  }

  /** Its item has failed for good. */
  fail(error: unknown): void {
    this.error = error
    this.state = 'failed'
    this.#stage.giveUp(this.ticket, error)
    this.ticket = undefined
  }

  /** Lets go of what it held, for the next item. */
  clear(): void {
    this.item = this.value = this.error = this.ticket = undefined
  }
}
