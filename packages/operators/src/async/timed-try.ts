import { TimeoutError, type Permit } from '@sluice/core'
import type { Call, Stage } from '@sluice/core/authoring'
import type { CallContext } from './call-options'

/** Who is told what becomes of a try. */
export interface TryOwner<A, B> {
  readonly timeoutMs: number
  readonly settleWithinMs: number
  resolved(call: Call<A, B>, value: B): void
  rejected(call: Call<A, B>, error: unknown): void
  /** A try of a call has run out of time: the call is rejected next. */
  ranLate(call: Call<A, B>, attempt: TimedTry<A, B>): void
  /** A try that was overdue holds its place no longer. `overrun`: its function still runs. */
  vacated(attempt: TimedTry<A, B>, overrun: boolean): void
}

/**
 * One try of a call that may take `timeoutMs`.
 *
 * ```text
 *   begin ─┬─ settles ─▶ resolved, rejected
 *          └─ timeoutMs ─▶ overdue: signal aborted, rejected ─┬─ settles ──────────▶ vacated
 *                                                              └─ settleWithinMs ──▶ vacated, an overrun
 * ```
 *
 * The place, the key and the permit of the call stay taken until the function has settled: a function that ignores its
 * signal runs on, and what runs counts.
 *
 * Invariants: the owner is told `resolved` or `rejected` once; `vacated` once, and only after `ranLate`.
 */
export class TimedTry<A, B> implements CallContext {
  readonly attempt: number
  readonly key: unknown
  /** Held for an overdue try; before that the call holds the permit. */
  permit: Permit | undefined
  readonly #call: Call<A, B>
  readonly #stage: Stage
  readonly #owner: TryOwner<A, B>
  #state: 'running' | 'overdue' | 'over' = 'running'
  #error: unknown
  #cancelTimer: (() => void) | undefined
  #controller: AbortController | undefined
  #unfollow: (() => void) | undefined

  constructor(call: Call<A, B>, stage: Stage, owner: TryOwner<A, B>) {
    this.attempt = call.attempt
    this.key = call.key
    this.#call = call
    this.#stage = stage
    this.#owner = owner
  }

  /** Aborts this try alone; made for a function that reads the signal. */
  get signal(): AbortSignal {
    const { signal } = this.#stage.scope
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController())
      const onAbort = (): void => { controller.abort(signal.reason) }
      // Not AbortSignal.any: on a signal that lives as long as the run every call would leave something behind.
      if (this.#state !== 'running') controller.abort(this.#error)
      else if (signal.aborted) onAbort()
      else {
        signal.addEventListener('abort', onAbort, { once: true })
        this.#unfollow = () => { signal.removeEventListener('abort', onAbort) }
      }
    }
    return this.#controller.signal
  }

  /** The call this try was for, where the call still waits for it. */
  get waiting(): Call<A, B> | undefined {
    return this.#call.overdue === this ? this.#call : undefined
  }

  /** Waits for what the function has answered. */
  begin(work: Promise<B>): void {
    this.#cancelTimer = this.#stage.scope.clock.after(this.#owner.timeoutMs, () => { this.#late() })
    work.then(
      (value) => { if (this.#settled()) this.#owner.resolved(this.#call, value) },
      (error: unknown) => { if (this.#settled()) this.#owner.rejected(this.#call, error) },
    )
  }

  /** The function has thrown instead of answering anything. */
  threw(error: unknown): void {
    this.#end()
    this.#owner.rejected(this.#call, error)
  }

  /** Nobody waits for the function any longer. */
  close(): void {
    this.#end()
  }

  /** True where it has settled in time. */
  #settled(): boolean {
    const state = this.#state
    this.#end()
    if (state === 'overdue') this.#owner.vacated(this, false)
    return state === 'running'
  }

  #late(): void {
    const { clock } = this.#stage.scope
    const { timeoutMs, settleWithinMs } = this.#owner
    // A function that was told to stop because the run ends is waited for by that end.
    if (this.#stage.outcome !== undefined) return
    this.#error = new TimeoutError(`${this.#stage.name}: no result within ${timeoutMs} ms`)
    this.#state = 'overdue'
    this.#unfollow?.()
    this.#cancelTimer = settleWithinMs === Infinity ? undefined : clock.after(settleWithinMs, () => {
      this.#end()
      this.#owner.vacated(this, true)
    })
    this.#owner.ranLate(this.#call, this)
    this.#controller?.abort(this.#error)
    this.#owner.rejected(this.#call, this.#error)
  }

  #end(): void {
    this.#state = 'over'
    this.#cancelTimer?.()
    this.#unfollow?.()
    this.#cancelTimer = this.#unfollow = undefined
  }
}
