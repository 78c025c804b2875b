import { DONE, PENDING } from '../contract/answers'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Puller } from '../contract/puller'
import type { Openable } from '../contract/source'
import type { Adjustable, Stage, StageState } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { Feed, type Keeper } from '../engine/feed'
import type { Call } from './call'
import { Calls, type CallsOptions, type CallsOwner } from './calls'

/**
 * An operator that makes a call for each value of its upstream, several at once.
 *
 * ```text
 *   upstream ◀─pull─ Feed ── enter ─▶ Calls ─▶ Call, Call, Call …
 *                     ▲ wake           └─ first ▶ pull ◀─ consumer
 *                     └─── a call has settled
 * ```
 *
 * Invariants: `open` (read and not delivered) ≤ the capacity of the maker, so pulled − delivered is bounded by that. In the
 * order of entering nothing after a failed item is delivered, and all before the failed item is: items that were started
 * before it are waited for.
 *
 * @example
 * ```ts
 * import { from, toArray } from 'sluice'
 * import { asyncOperator, CallStage, FunctionCalls } from '@sluice/core/authoring'
 *
 * const doubled = asyncOperator<number, number>('doubled', (upstream, stage) => new CallStage<number, number>(upstream, stage, {
 *   emits: 'result', order: 'entered', tells: 'of failures', onError: 'fail',
 *   maker: (calls) => new FunctionCalls<number, number>(calls, async (n) => n * 2, 4, 0),
 * }))
 * await from([1, 2, 3]).pipe(doubled).to(toArray()).run() // [2, 4, 6]
 * ```
 */
export class CallStage<A, B> implements Puller<B>, Keeper<A>, CallsOwner<A, B>, Adjustable {
  readonly tickets: Tickets | null
  readonly wake: () => void
  protected readonly calls: Calls<A, B>
  protected readonly feed: Feed<A>
  protected readonly stage: Stage
  readonly #handsOnResults: boolean

  constructor(upstream: Openable<A>, stage: Stage, options: CallsOptions<A, B>) {
    this.stage = stage
    this.feed = new Feed<A>(stage, this, (wake) => stage.open(upstream, wake))
    this.wake = this.feed.wake
    this.tickets = this.feed.tickets
    this.#handsOnResults = options.emits === 'result'
    const calls = (this.calls = new Calls<A, B>(stage, this, options))
    stage.expose({ get capacity() { return calls.maker.capacity }, get size() { return calls.open } })
    if (calls.maker.setConcurrency !== undefined) stage.adjusts(this)
  }

  get concurrency(): number {
    return this.calls.concurrency
  }

  setConcurrency(concurrency: number): void {
    this.calls.maker.setConcurrency?.(concurrency)
    this.wake()
  }

  pull(into: B[], limit: number): number {
    const { calls, tickets } = this
    const { open } = calls
    let count = 0
    while (count < limit) {
      const call = calls.first
      if (call === undefined) break
      const { state } = call
      if (state === 'done') {
        into[count] = (this.#handsOnResults ? call.value : call.item) as B
        if (tickets) tickets[count] = call.ticket
        count++
      } else if (state === 'running') {
        break
      } else if (state === 'failed') {
        return this.stage.failAfter(count, call.error, call.item, null, call.attempt)
      }
      calls.release(call)
    }
    // A skipped item makes room as a delivered one does.
    this.feed.start()
    if (calls.open < open) {
      // Where no call can be started anyway, the next one that settles has the feed look.
      if (!this.feed.ended && this.mayRead) this.wake()
      if (count > 0) {
        this.stage.dry = !calls.hasNext && (calls.open > 0 || !this.feed.isOver)
        return count
      }
    }
    return calls.open === 0 && this.feed.isOver ? DONE : PENDING
  }

  close(outcome: Outcome): void | Promise<void> {
    this.feed.end()
    return this.calls.close(reasonOf(outcome))
  }

  room(): number | StageState {
    const { calls } = this
    const { maker } = calls
    const places = maker.room(calls.running)
    if (places < 1) maker.full?.()
    const room = Math.min(places, maker.capacity - calls.open)
    // A call that settles makes room as a consumer does, and both wake the feed.
    return room < 1 ? 'backpressured' : room
  }

  /** Room that a delivered value has made may be of use. */
  protected get mayRead(): boolean {
    return this.calls.maker.room(this.calls.running) > 0
  }

  take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean {
    const { calls } = this
    for (let i = 0; i < count; i++) calls.enter(values[i] as A, tickets?.[i])
    return false
  }

  ended(): void {
    // Each turn looks whether the consumer has something to take.
  }

  turned(): StageState {
    const { calls } = this
    calls.served()
    if (calls.hasNext || (this.feed.ended && calls.open === 0)) this.stage.wake()
    if (calls.running > 0) return 'busy'
    return calls.open > 0 ? 'backpressured' : 'idle'
  }

  settled(call: Call<A, B>): void {
    // An item has failed for good: nothing more is read.
    if (call.state === 'failed') this.feed.end()
  }
}
