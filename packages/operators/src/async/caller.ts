import { isThenable, supervisorOf, TimeoutError, type Limit, type Recovery, type Stage, type Supervisor, type WakeableTask } from '@sluice/core'
import { AdaptiveConcurrency } from './adaptive-concurrency'
import type { Call, CallOwner } from './call'
import type { CallContext, CheckedCalls } from './call-options'

/** The function of the user's that is called for each value. */
export type Work<A, B, X extends CallContext = CallContext> = (item: A, context: X) => B | PromiseLike<B>

/**
 * Makes calls: permits, time limits, supervision. Which call is made when, and what becomes of its result, its owner
 * decides.
 *
 * ```text
 *   start ─▶ permit ─▶ function ─┬─ resolved ──────────────────▶ settled: done
 *              ▲                 └─ rejected ─▶ supervisor ─┬──▶ settled: skipped, failed
 *              └──────────────────────── try again ─────────┘
 * ```
 *
 * Invariant: `running` counts the calls between `start` and `settled`.
 */
export class Caller<A, B, C extends Call<A, B> & CallContext = Call<A, B>> implements CallOwner<A, B> {
  /** Calls that wait for a permit. */
  waiting = 0
  running = 0
  readonly #stage: Stage
  readonly #work: Work<A, B, C>
  readonly #options: CheckedCalls<A>
  readonly #supervisor: Supervisor | undefined
  readonly #adaptive: AdaptiveConcurrency | undefined
  readonly #task: WakeableTask
  readonly #settled: (call: C) => void
  /** Aborted when the stage ends: whoever stands in line for a permit leaves. */
  #gone: AbortController | undefined
  #onIdle: (() => void) | undefined

  /**
   * @param task woken when a call has settled.
   * @param settled told of it before; not after the stage has ended.
   */
  constructor(stage: Stage, work: Work<A, B, C>, options: CheckedCalls<A>, task: WakeableTask, settled: (call: C) => void) {
    this.#stage = stage
    this.#work = work
    this.#options = options
    this.#supervisor = supervisorOf(stage, options.onError)
    this.#adaptive = options.adaptive && new AdaptiveConcurrency(options.adaptive)
    this.#task = task
    this.#settled = settled
  }

  /** Calls that may run at once now. */
  get concurrency(): number {
    return this.#adaptive?.current ?? this.#options.concurrency
  }

  /** Makes a call that has begun with its item. */
  start(call: C): void {
    this.running++
    this.#enter(call)
  }

  /** Nobody wants results any more: the end of the run waits for what is still running. */
  close(): void {
    this.#gone?.abort()
    if (this.running > 0) this.#stage.linger(new Promise<void>((resolve) => { this.#onIdle = resolve }))
  }

  #enter(call: C): void {
    const { limit } = this.#options
    if (limit === undefined) {
      this.#call(call)
      return
    }
    const permit = limit.tryAcquire({ key: call.key })
    if (permit === undefined) {
      this.#standInLine(call, limit)
      return
    }
    call.permit = permit
    this.#call(call)
  }

  #standInLine(call: C, limit: Limit): void {
    this.waiting++
    this.#gone ??= new AbortController()
    limit.acquire({ key: call.key, signal: this.#gone.signal }).then(
      (permit) => {
        this.waiting--
        call.permit = permit
        if (this.#stage.outcome !== undefined) {
          this.#settle(call, 'skipped')
          return
        }
        this.#call(call)
        // It may have held up others.
        this.#stage.scope.scheduler.dispatch(this.#task.wake)
      },
      (error: unknown) => {
        this.waiting--
        this.#recover(call, error)
      },
    )
  }

  #call(call: C): void {
    if (this.#adaptive) call.startedAt = this.#stage.scope.clock.now()
    let work: B | PromiseLike<B>
    try {
      work = this.#work(call.item as A, call)
    } catch (error) {
      this.rejected(call, error)
      return
    }
    const { timeoutMs } = this.#options
    if (timeoutMs !== undefined) {
      this.#callTimed(call, work, timeoutMs)
    } else if (work instanceof Promise) {
      ;(work as Promise<B>).then(call.onResolve, call.onReject)
    } else if (isThenable(work)) {
      Promise.resolve(work).then(call.onResolve, call.onReject)
    } else {
      this.resolved(call, work)
    }
  }

  /** Whichever comes first, the result or the time, decides; the other one is ignored. */
  #callTimed(call: C, work: B | PromiseLike<B>, timeoutMs: number): void {
    let open = true
    call.cancelTimeout = this.#stage.scope.clock.after(timeoutMs, () => {
      if (!open) return
      open = false
      const error = new TimeoutError(`${this.#stage.name}: no result within ${timeoutMs} ms`)
      call.over(error)
      this.rejected(call, error)
    })
    Promise.resolve(work).then(
      (value) => {
        if (!open) return
        open = false
        this.resolved(call, value)
      },
      (error: unknown) => {
        if (!open) return
        open = false
        this.rejected(call, error)
      },
    )
  }

  resolved(call: Call<A, B>, value: B): void {
    this.#measure(call)
    call.value = value
    this.#settle(call as C, 'done')
  }

  rejected(call: Call<A, B>, error: unknown): void {
    this.#measure(call)
    this.#recover(call as C, error)
  }

  #recover(call: C, error: unknown): void {
    if (this.#stage.outcome !== undefined || this.#supervisor === undefined) {
      this.#failed(call, error)
      return
    }
    let recovery: Recovery | Promise<Recovery>
    try {
      recovery = this.#supervisor.recover(error, call.item, call.attempt)
    } catch (final) {
      this.#failed(call, final)
      return
    }
    call.over()
    if (isThenable(recovery)) {
      recovery.then(
        (done) => { this.#goOn(call, done) },
        (final: unknown) => { this.#failed(call, final) },
      )
    } else {
      this.#goOn(call, recovery)
    }
  }

  #measure(call: Call<A, B>): void {
    this.#adaptive?.ended(call.startedAt, this.#stage.scope.clock.now(), this.running)
  }

  #goOn(call: C, recovery: Recovery): void {
    if (recovery === 'skip') {
      call.ticket?.ack()
      this.#settle(call, 'skipped')
      return
    }
    if (this.#stage.outcome !== undefined) {
      this.#settle(call, 'skipped')
      return
    }
    call.attempt++
    this.#enter(call)
  }

  #failed(call: C, error: unknown): void {
    call.error = error
    call.ticket?.nack(error)
    call.ticket = undefined
    this.#settle(call, 'failed')
  }

  /** State first, then whoever waits for it. */
  #settle(call: C, state: 'done' | 'skipped' | 'failed'): void {
    call.over()
    call.state = state
    this.running--
    if (this.#stage.outcome !== undefined) {
      // Nobody wants the result any more; the end of the run waits for the last of them.
      if (this.running === 0) this.#onIdle?.()
      return
    }
    this.#settled(call)
    // While others are in flight their results may come in the same tick, and one turn serves them all.
    if (this.running === 0) this.#stage.scope.scheduler.dispatch(this.#task.wake)
    else this.#task.wake()
  }
}
