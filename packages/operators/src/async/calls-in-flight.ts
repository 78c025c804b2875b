import { type Outcome } from '@sluice/core'
import {
  DONE, Feed, PENDING, RingBuffer, reasonOf, type Keeper, type Openable, type Puller, type Stage, type StageState,
  type Ticket, type Tickets, type WakeableTask,
} from '@sluice/core/authoring'
import type { Call } from './call'
import type { CallContext } from './call-options'
import { Caller, type CallerOwner } from './caller'
import type { Admission, CallsPlan, Emits } from './calls-plan'

/**
 * Asynchronous calls over the values of an upstream.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ admission ─▶ call, call, call …        at most `concurrency` running
 *                                          │ ordered: in the queue from the start  ┐
 *                                          └ else: when they have settled          ┴▶ [queue] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: calls running ≤ concurrency; `open` (read and not delivered) ≤ what the admission lets in, so
 * pulled − delivered is bounded by that. In ordered mode nothing after a failed item is delivered, and all before it
 * is: items that were started before it are waited for.
 */
export class CallsInFlight<A, B, C extends Call<A, B> & CallContext = Call<A, B>> implements Puller<B>, CallerOwner<C>, Keeper<A> {
  readonly tickets: Tickets | null
  readonly caller: Caller<A, B, C>
  /** Reads, and starts calls. */
  readonly task: WakeableTask
  /** Values that were read and neither delivered nor left out. */
  open = 0
  readonly #stage: Stage
  readonly #plan: CallsPlan<A, B, C>
  readonly #ordered: boolean
  readonly #emits: Emits
  readonly #admission: Admission<A, C>
  readonly #feed: Feed<A>
  readonly #queue: RingBuffer<C>
  readonly #free: C[] = []

  constructor(upstream: Openable<A>, stage: Stage, plan: CallsPlan<A, B, C>) {
    this.#stage = stage
    this.#plan = plan
    this.#ordered = plan.ordered
    this.#emits = plan.emits
    this.task = this.#feed = new Feed<A>(stage, this, (wake) => stage.open(upstream, wake))
    this.caller = new Caller(stage, plan.work, plan.options, this.task, this)
    this.tickets = this.#feed.tickets
    this.#queue = new RingBuffer(plan.options.concurrency + plan.beside)
    const admission = (this.#admission = plan.admission(this))
    const size = (): number => this.open
    stage.expose({ get capacity() { return admission.capacity }, get size() { return size() } })
  }

  pull(into: B[], limit: number): number {
    const { open } = this
    let count = 0
    while (count < limit) {
      const call = this.#queue.at(0)
      if (call === undefined || call.state === 'running') break
      if (call.state === 'failed') return this.#stage.failAfter(count, call.error, call.item, null, call.attempt)
      this.#queue.shift()
      if (call.state === 'done') {
        into[count] = (this.#emits === 'result' ? call.value : call.item) as B
        if (this.tickets) this.tickets[count] = call.ticket
        count++
      }
      this.release(call)
    }
    // A skipped item makes room as a delivered one does.
    this.#feed.start()
    if (this.open < open) {
      if (!this.#feed.ended) this.#feed.wake()
      if (count > 0) return count
    }
    return this.open === 0 && this.#feed.isOver ? DONE : PENDING
  }

  close(outcome: Outcome): void {
    this.#feed.end()
    const reason = reasonOf(outcome)
    for (let call = this.#queue.shift(); call; call = this.#queue.shift()) call.giveBack(reason)
    this.#admission.close(reason)
    this.caller.close()
  }

  /** A call for a value that was read. */
  begin(item: A, ticket: Ticket | undefined): C {
    const { call: Made } = this.#plan
    const call = this.#free.pop() ?? new Made(this.#stage, this.caller)
    call.begin(item, ticket)
    this.open++
    return call
  }

  /** Keeps its place among the results, where these come in the order of the values. */
  keepPlace(call: C): void {
    if (this.#ordered) this.#queue.push(call)
  }

  /** Its result is the next to be delivered, where the order of the values does not say which is. */
  handOn(call: C): void {
    if (this.#ordered) return
    if (call.state === 'skipped') this.release(call)
    else this.#queue.push(call)
  }

  /** Nothing more will come of a call: it serves another value. */
  release(call: C): void {
    this.open--
    call.clear()
    this.#free.push(call)
  }

  /** Told by the caller; by the admission, where a value has failed before its call was made. */
  settled(call: C): void {
    if (call.state === 'failed') {
      // An item has failed for good: nothing more is read.
      this.#feed.end()
    } else {
      if (this.#emits === 'chosen item' && call.state === 'done' && !call.value) {
        this.#stage.settle(call.ticket, 'absorbed')
        call.state = 'skipped'
      }
      // The result may wait long for its turn, and what it was made of can be heavy.
      if (this.#emits === 'result') call.item = undefined
    }
    this.#admission.settled(call)
  }

  /** Told by the caller. */
  vacated(key: unknown): void {
    this.#admission.vacated(key)
  }

  room(): number | StageState {
    const room = this.#admission.room()
    // A call that ends makes room as a consumer does, and both wake the feed.
    return room < 1 ? 'backpressured' : room
  }

  take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean {
    for (let i = 0; i < count; i++) this.#admission.enter(values[i] as A, tickets?.[i])
    return false
  }

  ended(): void {
    // Each turn looks whether the consumer has something to take.
  }

  turned(): StageState {
    // What was read and waits for its key is started after the end of upstream as well.
    if (this.#feed.ended) this.#admission.room()
    const head = this.#queue.at(0)
    if (head === undefined ? this.#feed.ended && this.open === 0 : head.state !== 'running') this.#stage.wake()
    if (this.caller.running > 0) return 'busy'
    return this.open > 0 ? 'backpressured' : 'idle'
  }
}
