import {
  DONE, isThenable, PENDING, RingBuffer, supervisorOf, TimeoutError,
  type Openable, type Outcome, type Outlet, type Puller, type Recovery, type Stage, type StageState, type Supervisor,
  type Tickets, type WakeableTask,
} from '@sluice/core'
import { Call, type CallOwner } from './call'
import type { CallContext, CheckedCallOptions } from './call-options'

/**
 * Asynchronous calls over the values of an upstream, ordered or as they finish.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ call, call, call …        at most `concurrency` running
 *                             │ ordered: queued when started     ┐
 *                             └ unordered: queued when finished  ┴▶ [queue] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: `#running` ≤ concurrency; `#open` (running, or finished and not delivered) ≤ concurrency + capacity, so
 * pulled − delivered is bounded by that. In ordered mode nothing after a failed item is delivered, and all before it
 * is: items that were started before it are waited for.
 */
export class Calls<A, B> implements Puller<B>, CallOwner<A, B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #run: (item: A, context: CallContext) => B | PromiseLike<B>
  readonly #options: CheckedCallOptions<A>
  readonly #ordered: boolean
  readonly #supervisor: Supervisor | undefined
  readonly #task: WakeableTask
  readonly #upstream: Outlet<A>
  readonly #queue: RingBuffer<Call<A, B>>
  readonly #free: Call<A, B>[] = []
  readonly #batch: A[] = []
  #running = 0
  #open = 0
  #started = false
  /** Nothing more is started: upstream has ended, or an item has failed for good. */
  #ended = false
  #onIdle: (() => void) | undefined

  constructor(
    upstream: Openable<A>,
    stage: Stage,
    run: (item: A, context: CallContext) => B | PromiseLike<B>,
    options: CheckedCallOptions<A>,
    ordered: boolean,
  ) {
    this.#stage = stage
    this.#run = run
    this.#options = options
    this.#ordered = ordered
    this.#supervisor = supervisorOf(stage, options.onError)
    this.#task = stage.task(() => this.#pump())
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
    const capacity = options.concurrency + options.capacity
    this.#queue = new RingBuffer(capacity)
    const size = (): number => this.#open
    stage.expose({ capacity, get size() { return size() } })
  }

  pull(into: B[], limit: number): number {
    let count = 0
    while (count < limit) {
      const call = this.#queue.at(0)
      if (call === undefined || call.state === 'running') break
      if (call.state === 'failed') return this.#stage.failAfter(count, call.error, call.item, undefined, call.attempt)
      this.#queue.shift()
      if (call.state === 'done') {
        into[count] = call.value as B
        if (this.tickets) this.tickets[count] = call.ticket
        count++
      }
      this.#release(call)
    }
    if (count > 0 || !this.#started) {
      this.#started = true
      if (!this.#ended) this.#task.wake()
      if (count > 0) return count
    }
    return this.#open === 0 && (this.#ended || this.#stage.failing) ? DONE : PENDING
  }

  close(outcome: Outcome): void {
    this.#ended = true
    const reason = outcome.status === 'failed' ? outcome.error : outcome.status === 'cancelled' ? outcome.reason : undefined
    for (let call = this.#queue.shift(); call; call = this.#queue.shift()) call.ticket?.nack(reason)
    if (this.#running > 0) {
      this.#stage.linger(new Promise<void>((resolve) => { this.#onIdle = resolve }))
    }
  }

  #pump(): StageState {
    const { concurrency, capacity } = this.#options
    const { scheduler } = this.#stage.scope
    while (!this.#ended) {
      const room = Math.min(concurrency - this.#running, concurrency + capacity - this.#open)
      if (room < 1) break
      const count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      if (count === PENDING) break
      if (count === DONE) {
        this.#ended = true
        break
      }
      for (let i = 0; i < count; i++) {
        const item = this.#batch[i] as A
        this.#batch[i] = undefined as A
        this.#start(item, i)
      }
      if (scheduler.spent(count)) {
        this.#task.wake()
        break
      }
    }
    const head = this.#queue.at(0)
    if (head === undefined ? this.#ended && this.#open === 0 : head.state !== 'running') this.#stage.wake()
    if (this.#running > 0) return 'busy'
    return this.#open > 0 ? 'backpressured' : 'idle'
  }

  #start(item: A, index: number): void {
    const timed = this.#options.timeoutMs !== undefined
    const call = this.#free.pop() ?? new Call<A, B>(this.#stage, this, timed)
    call.begin(item, this.#upstream.tickets?.[index])
    this.#open++
    if (this.#ordered) this.#queue.push(call)
    this.#call(call)
  }

  #call(call: Call<A, B>): void {
    let work: B | PromiseLike<B>
    this.#running++
    try {
      work = this.#run(call.item as A, call)
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
  #callTimed(call: Call<A, B>, work: B | PromiseLike<B>, timeoutMs: number): void {
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
    call.value = value
    this.#settle(call, 'done')
  }

  rejected(call: Call<A, B>, error: unknown): void {
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

  #goOn(call: Call<A, B>, recovery: Recovery): void {
    if (recovery === 'skip') {
      call.ticket?.ack()
      this.#settle(call, 'skipped')
      return
    }
    if (this.#stage.outcome !== undefined) {
      this.#settle(call, 'skipped')
      return
    }
    this.#running--
    call.attempt++
    this.#call(call)
  }

  #failed(call: Call<A, B>, error: unknown): void {
    call.error = error
    call.ticket?.nack(error)
    this.#ended = true
    this.#settle(call, 'failed')
  }

  /** State first, then whoever waits for it. */
  #settle(call: Call<A, B>, state: 'done' | 'skipped' | 'failed'): void {
    call.over()
    call.state = state
    this.#running--
    if (this.#stage.outcome !== undefined) {
      // Nobody wants the result any more; the end of the run waits for the last of them.
      if (this.#running === 0) this.#onIdle?.()
      return
    }
    if (!this.#ordered) {
      if (state === 'skipped') this.#release(call)
      else this.#queue.push(call)
    }
    // While others are in flight their results may come in the same tick, and one turn serves them all.
    if (this.#running === 0) this.#stage.scope.scheduler.dispatch(this.#task.wake)
    else this.#task.wake()
  }

  #release(call: Call<A, B>): void {
    this.#open--
    call.clear()
    this.#free.push(call)
  }
}
