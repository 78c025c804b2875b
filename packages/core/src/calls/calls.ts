import type { Wake } from '../contract/outlet'
import type { Stage } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Ticket } from '../contract/ticket'
import type { CallCounts } from '../accounting/call-counts'
import type { CallFigures } from '../accounting/call-figures'
import type { Meter } from '../accounting/meter'
import { runningStage } from '../engine/running-stage'
import { Retrials } from '../engine/retrials'
import { Trials } from '../engine/trials'
import { Call, type CallOwner } from './call'
import type { CallMaker } from './call-maker'
import { CallRing } from './call-ring'
import { GatheredWake } from './gathered-wake'

/** What of a call is handed on: its result, its item, or its item where the result is truthy; a sink hands on nothing. */
export type Emits = 'result' | 'item' | 'chosen item' | 'nothing'

/** How the calls of one stage differ from those of another. */
export interface CallsOptions<A, B> {
  /** Makes what makes calls; called once, in the constructor. `wake` is the owner's. */
  readonly maker: (calls: Calls<A, B>, wake: Wake) => CallMaker<A, B>
  readonly emits: Emits
  /** In which order calls become the first: as they were entered, as they have settled, or as the owner calls `handOn`. */
  readonly order: 'entered' | 'settled' | 'by owner'
  /** Of which calls that have settled the owner is told. */
  readonly tells: 'of failures' | 'of all'
  readonly onError: OnError<A> | undefined
}

/** Who is told what becomes of calls. Changes state and wakes; calls no user code. */
export interface CallsOwner<A, B> {
  /** Has the owner look for what has settled; absent where `settled` does all. */
  readonly wake?: Wake
  /** A call has settled, in one of the states that the owner hears of. After `close` only where `emits` is `'nothing'`. */
  settled(call: Call<A, B>): void
  /** A try that was overdue gives back the place of its call, which has settled before. */
  vacated?(key: unknown): void
}

/**
 * The calls of one stage that are under way or have settled: each before its supervisor, in order or as they come. How a
 * call is made is the maker's.
 *
 * ```text
 *   enter(item) ─▶ maker ─┬─ resolved ─────────────▶ done            ┐
 *                   ▲     └─ rejected ─▶ trial ─┬──▶ skipped, failed ├─▶ first
 *                   └────── again, in a turn ───┘                    ┘
 * ```
 *
 * Invariants:
 * - `running` counts the places that are taken: by calls between `start` and the moment they settle, and by overdue tries whose
 *   call has settled. `open` counts the items between `place` and `release`.
 * - A call settles once. After `close` no item is handed on, and none is tried again.
 */
export class Calls<A, B> implements CallOwner<A, B>, CallCounts {
  running = 0
  /** Tries that have begun. */
  started = 0
  readonly maker: CallMaker<A, B>
  readonly #stage: Stage
  readonly #owner: CallsOwner<A, B>
  readonly #wake: GatheredWake | undefined
  readonly #emits: Emits
  readonly #asSettled: boolean
  readonly #tellsAll: boolean
  readonly #onError: OnError<A> | undefined
  readonly #holdsSomething: boolean
  readonly #dispatches: boolean
  readonly #ring: CallRing<A, B>
  readonly #meter: Meter
  readonly #figures: CallFigures | undefined
  /** A result needs to be kept, and nothing else: so until the stage ends, where nobody is told and nothing was held for a try. */
  #isPlain: boolean
  /** Made with the first failure: most runs have none. */
  #trials: Trials<A, Call<A, B>> | undefined
  #retrials: Retrials<Call<A, B>> | undefined
  #closed: { readonly reason: unknown } | undefined
  #onIdle: (() => void) | undefined

  constructor(stage: Stage, owner: CallsOwner<A, B>, { maker, emits, order, tells, onError }: CallsOptions<A, B>) {
    this.#stage = stage
    this.#owner = owner
    this.#wake = owner.wake && new GatheredWake(stage.scope.scheduler, owner.wake)
    this.#emits = emits
    this.#asSettled = order === 'settled'
    this.#ring = new CallRing<A, B>(() => new Call<A, B>(stage, this), order === 'entered')
    this.#tellsAll = tells === 'of all'
    this.#onError = onError
    const made = (this.maker = maker(this, owner.wake ?? nothing))
    this.#holdsSomething = made.over !== undefined
    this.#dispatches = made.settlesInBatches !== true
    this.#meter = runningStage(stage).clocked()
    this.#figures = this.#meter.makes(this)
    this.#isPlain = emits === 'result' && !this.#tellsAll && !this.#holdsSomething
  }

  /** Items that were read and neither handed on nor left out. */
  get open(): number {
    return this.#ring.size
  }

  /** As many calls as may be under way at once. */
  get concurrency(): number {
    return this.maker.concurrency ?? this.maker.capacity
  }

  /** Why no further call begins where there are places for it: what has settled waits for the first, or for room. */
  get heldBy(): 'order' | 'room' | undefined {
    if (this.open < this.maker.capacity || this.open === this.running) return undefined
    return this.hasNext ? 'room' : 'order'
  }

  /** Since when the oldest call is under way that is timed. */
  get oldestSince(): number | undefined {
    let oldest: number | undefined
    for (const { state, since } of this.#ring.all()) if (state === 'running' && since !== undefined && !(since > (oldest as number))) oldest = since
    return oldest
  }

  /** The first call has settled. */
  get hasNext(): boolean {
    const { first } = this
    return first !== undefined && first.state !== 'running'
  }

  /** The call whose turn comes first; to be released where it has settled, then there is another. */
  get first(): Call<A, B> | undefined {
    return this.#ring.first
  }

  /** A call for a value that was read, which is started at once. */
  enter(item: A, ticket: Ticket | undefined): void {
    this.start(this.place(item, ticket))
  }

  /** A call for a value that was read, to be started later. */
  place(item: A, ticket: Ticket | undefined): Call<A, B> {
    const call = this.#ring.place()
    // The fields that another item may have left otherwise: `release` has cleared the rest.
    call.item = item
    call.ticket = ticket
    call.state = 'running'
    return call
  }

  /** A call that is under way already: its maker follows what the function has answered. */
  adopt(item: A, ticket: Ticket | undefined): Call<A, B> {
    this.running++
    const call = this.place(item, ticket)
    this.begun(call)
    return call
  }

  start(call: Call<A, B>): void {
    this.running++
    this.begun(call)
    this.maker.make(call)
  }

  /** By the maker: a try begins only now, which had to wait for its turn. */
  begunLater(call: Call<A, B>): void {
    call.since = this.#meter.stamp()
    call.level = this.running
  }

  /** A try begins. */
  begun(call: Call<A, B>): void {
    this.started++
    // Most calls are not timed, and a store for each would cost 2 %.
    const now = this.#figures?.now
    if (now === undefined) return
    call.since = now
    call.level = this.running
  }

  /** A try that was timed is over. */
  #took(call: Call<A, B>): void {
    this.#figures?.took(this.#meter.now() - (call.since as number), call.level)
    call.since = undefined
  }

  /** The stage has had its turn. */
  served(): void {
    this.#wake?.served()
    this.maker.turned?.()
  }

  /** The turn of a call that has settled has come, where the order is not that of entering. */
  handOn(call: Call<A, B>): void {
    if (call.state === 'skipped') this.leave(call)
    else this.#ring.turn(call)
  }

  /** The first call has settled, and serves another item. */
  release(call: Call<A, B>): void {
    this.#ring.releaseFirst()
    this.#clear(call)
  }

  /** A call is not handed on, where the order is not that of entering: it serves another item. */
  leave(call: Call<A, B>): void {
    this.#ring.leave(call)
    this.#clear(call)
  }

  #clear(call: Call<A, B>): void {
    call.item = call.ticket = call.value = call.key = undefined
    if (call.hasFailed) call.reset()
  }

  /** By the maker: the result of a call is there. */
  resolved(call: Call<A, B>, value: B): void {
    call.value = value
    if (call.since !== undefined) this.#took(call)
    // The common case in one step (interleaved, 16 at once: 111.9 ns an item, and 116.1 without).
    if (this.#isPlain) {
      call.item = undefined
      call.state = 'done'
      this.running--
      if (this.#asSettled) this.#ring.turn(call)
      this.#wakes()
      return
    }
    if (this.#holdsSomething) this.maker.over?.(call)
    if (this.#emits === 'chosen item' && !value && this.#closed === undefined) {
      this.#stage.settle(call.ticket, 'absorbed')
      call.ticket = undefined
      this.#settle(call, 'skipped')
      return
    }
    // The result may wait long for its turn, and what it was made of can be heavy.
    if (this.#emits === 'result') call.item = undefined
    this.#settle(call, 'done')
  }

  /** By the maker: a try of a call has failed. */
  rejected(call: Call<A, B>, error: unknown): void {
    if (call.since !== undefined) this.#took(call)
    // While the item is decided about, what the try has held can serve another one.
    if (this.#holdsSomething) this.maker.over?.(call)
    this.#trials ??= new Trials<A, Call<A, B>>(this.#stage, this.#onError, (told) => { this.#told(told) })
    if (this.#trials.failed(call, error) !== 'deciding') this.#told(call)
  }

  /** By the maker: there is no way to make a call, this one and every other. */
  refused(call: Call<A, B>, error: unknown): void {
    const { ticket } = call
    call.error = error
    call.ticket = undefined
    this.#stage.giveUp(ticket, error)
    this.#settle(call, 'failed')
  }

  /**
   * By the maker: a try that was overdue has settled, or is not waited for any longer.
   *
   * @param call the call that the try was for, where that one still waits for it.
   */
  vacated(call: Call<A, B> | undefined, key: unknown): void {
    if (call !== undefined) {
      call.overdue = undefined
      // The item is tried again as soon as both are true: it was decided, and its last try is over.
      if (call.verdict === 'again') this.#told(call)
      return
    }
    this.running--
    if (this.#isIdle()) return
    this.#owner.vacated?.(key)
    if (this.#owner.wake) this.#stage.scope.scheduler.dispatch(this.#owner.wake)
  }

  /**
   * The stage has ended: what waits is given back, and nobody wants results any more.
   *
   * @returns what the maker answers, where it gives up the calls that run. Else the end of the run waits for these.
   */
  close(reason: unknown): Promise<void> | undefined {
    this.#closed = { reason }
    this.#isPlain = false
    const ending = this.maker.close?.(reason)
    this.#trials?.close()
    while (this.#retrials?.shift() !== undefined);
    for (const call of this.#ring.all()) {
      if (call.state === 'running' && call.verdict === 'again') this.#settle(call, 'skipped')
      // What a sink was given counts as delivered when its call succeeds, whatever has ended the run.
      else if (call.state !== 'running' || this.#emits !== 'nothing') call.giveBack(reason)
    }
    if (ending) return ending
    if (this.running > 0) this.#stage.linger(new Promise<void>((resolve) => { this.#onIdle = resolve }), () => { this.maker.leave?.() })
    return undefined
  }

  #told(call: Call<A, B>): void {
    const { verdict } = call
    if (verdict !== 'again') this.#settle(call, verdict === 'failed' ? 'failed' : 'skipped')
    else if (call.unrepeatable) this.refused(call, call.error)
    else if (call.overdue === undefined) {
      this.#retrials ??= new Retrials<Call<A, B>>(this.#stage, (again) => {
        this.begun(again)
        this.maker.make(again)
      }, () => (this.running > 0 ? 'busy' : 'idle'))
      this.#retrials.add(call)
    }
  }

  /** State first, then whoever waits for it. */
  #settle(call: Call<A, B>, state: 'done' | 'skipped' | 'failed'): void {
    call.state = state
    // The place of a call stays taken where its function runs on.
    if (call.overdue === undefined) this.running--
    if (this.#closed !== undefined) {
      this.#settledLate(call, this.#closed.reason)
      return
    }
    if (state === 'failed' || this.#tellsAll) this.#owner.settled(call)
    // A sink has no turn for each call that settles.
    if (this.#wake === undefined) this.#meter.settled()
    call.overdue = undefined
    if (this.#asSettled) this.handOn(call)
    this.#wakes()
  }

  #wakes(): void {
    if (this.#wake === undefined) return
    // While others are in flight their results may come in the same tick, and one turn serves them all.
    if (this.running === 0 && this.#dispatches) this.#wake.settledLast()
    else this.#wake.settled(this.running)
  }

  /** Nobody wants the result any more; the end of the run waits for the last of them. */
  #settledLate(call: Call<A, B>, reason: unknown): void {
    call.overdue = undefined
    if (this.#emits === 'nothing') this.#owner.settled(call)
    else call.giveBack(reason)
    this.#isIdle()
  }

  /** After the end of the stage: true, and told, where nothing runs any more. */
  #isIdle(): boolean {
    if (this.#closed === undefined) return false
    if (this.running === 0) this.#onIdle?.()
    return true
  }
}

function nothing(): void {}
