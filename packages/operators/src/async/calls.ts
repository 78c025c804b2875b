import {
  DONE, PENDING, RingBuffer,
  type Openable, type Outcome, type Outlet, type Puller, type Stage, type StageState, type Tickets, type WakeableTask,
} from '@sluice/core'
import { Call } from './call'
import type { CheckedCallOptions } from './call-options'
import { Caller, type Work } from './caller'

/** In which order results come, and what of a call is handed on: its result, its item, or its item where the result is truthy. */
export interface CallsDelivery {
  readonly ordered: boolean
  readonly emits: 'result' | 'item' | 'chosen item'
}

/**
 * Asynchronous calls over the values of an upstream, ordered or as they finish.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ call, call, call …        at most `concurrency` running
 *                             │ ordered: queued when started     ┐
 *                             └ unordered: queued when finished  ┴▶ [queue] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: calls running ≤ concurrency; `#open` (running, or finished and not delivered) ≤ concurrency + capacity,
 * so pulled − delivered is bounded by that. In ordered mode nothing after a failed item is delivered, and all before
 * it is: items that were started before it are waited for.
 */
export class Calls<A, B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #options: CheckedCallOptions<A>
  readonly #delivery: CallsDelivery
  readonly #caller: Caller<A, B>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<A>
  readonly #queue: RingBuffer<Call<A, B>>
  readonly #free: Call<A, B>[] = []
  readonly #batch: A[] = []
  #open = 0
  #started = false
  /** Nothing more is started: upstream has ended, or an item has failed for good. */
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, work: Work<A, B>, options: CheckedCallOptions<A>, delivery: CallsDelivery) {
    this.#stage = stage
    this.#options = options
    this.#delivery = delivery
    this.#task = stage.task(() => this.#pump())
    this.#caller = new Caller(stage, work, options, this.#task, (call) => { this.#settled(call) })
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
    this.#queue = new RingBuffer(options.concurrency + options.capacity)
    const size = (): number => this.#open
    const capacity = (): number => this.#caller.concurrency + options.capacity
    stage.expose({ get capacity() { return capacity() }, get size() { return size() } })
  }

  pull(into: B[], limit: number): number {
    const open = this.#open
    let count = 0
    while (count < limit) {
      const call = this.#queue.at(0)
      if (call === undefined || call.state === 'running') break
      if (call.state === 'failed') return this.#stage.failAfter(count, call.error, call.item, undefined, call.attempt)
      this.#queue.shift()
      if (call.state === 'done') {
        into[count] = (this.#delivery.emits === 'result' ? call.value : call.item) as B
        if (this.tickets) this.tickets[count] = call.ticket
        count++
      }
      this.#release(call)
    }
    // A skipped item makes room as a delivered one does.
    if (this.#open < open || !this.#started) {
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
    this.#caller.close()
  }

  #pump(): StageState {
    const { capacity, limit } = this.#options
    const { scheduler } = this.#stage.scope
    const caller = this.#caller
    // One value at a time stands in line for a permit: what is behind it can wait upstream as well.
    while (!this.#ended && caller.waiting === 0) {
      const { concurrency } = caller
      const room = Math.min(concurrency - caller.running, concurrency + capacity - this.#open)
      if (room < 1) break
      const count = this.#upstream.pull(this.#batch, limit === undefined ? Math.min(room, scheduler.batch) : 1)
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
    if (caller.running > 0) return 'busy'
    return this.#open > 0 ? 'backpressured' : 'idle'
  }

  #start(item: A, index: number): void {
    const call = this.#free.pop() ?? new Call<A, B>(this.#stage, this.#caller, this.#options.timeoutMs !== undefined)
    call.begin(item, this.#upstream.tickets?.[index])
    this.#open++
    if (this.#delivery.ordered) this.#queue.push(call)
    this.#caller.start(call)
  }

  #settled(call: Call<A, B>): void {
    if (call.state === 'failed') {
      this.#ended = true
    } else if (call.state === 'done' && this.#delivery.emits === 'chosen item' && !call.value) {
      call.ticket?.ack()
      call.state = 'skipped'
    }
    // The result may wait long for its turn, and what it was made of can be heavy.
    if (call.state === 'done' && this.#delivery.emits === 'result') call.item = undefined
    if (this.#delivery.ordered) return
    if (call.state === 'skipped') this.#release(call)
    else this.#queue.push(call)
  }

  #release(call: Call<A, B>): void {
    this.#open--
    call.clear()
    this.#free.push(call)
  }
}
