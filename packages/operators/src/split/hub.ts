import {
  DONE, isThenable, PENDING, supervisorOf,
  type OnError, type Openable, type Outcome, type Outlet, type Puller, type Recovery, type Stage, type StageState,
  type Supervisor, type Ticket, type WakeableTask,
} from '@sluice/core'
import { Lane, type LaneOwner } from './lane'
import { Patience } from './patience'
import type { LanePolicy } from './slow-branch'

/** Which lanes a value goes to: the idea of a fan-out. */
export interface Dealer<A> {
  /** How many values may be read now; below 1: none. */
  room(): number
  /** Decides where a value goes. False: a lane is not ready for it, ask again. A throw is a failure of the item. */
  ready(value: A): boolean
  /** Hands out the value that was found ready, a share of its ticket to each that gets it. */
  give(value: A, ticket: Ticket | undefined): void
  /** Whether it is this lane that the others wait for. */
  heldBy(lane: Lane<unknown>): boolean
}

/** What a hub is made with. */
export interface HubOptions<A> {
  readonly lanes: number
  readonly policy: LanePolicy
  readonly onError: OnError<A> | undefined
  readonly onDrop: ((value: A, lane: number) => void) | undefined
  readonly onDisconnect: ((lane: number) => void) | undefined
  readonly dealer: (hub: Hub<A>) => Dealer<A>
}

const CONSUMERS_DONE: Outcome = { status: 'cancelled', reason: undefined }

/**
 * The side of a fan-out that reads: a task that pulls what its branches ask for, and deals it out.
 *
 * ```text
 *                            ┌─▶ lane ─▶ branch
 *   upstream ◀─pull─ task ─deal─▶ lane ─▶ branch      lanes tell the task what is asked for
 *                            └─▶ lane ─▶ branch
 * ```
 *
 * Nothing is read unless some branch asks. Invariant: [#at, #count) of the batch is what was read and not dealt out;
 * while there is any, nothing is read.
 */
export class Hub<A> implements Puller<never>, LaneOwner {
  readonly lanes: readonly Lane<unknown>[]
  /** Why all branches fail: what upstream, or an item, failed with. */
  failure: { readonly error: unknown } | undefined
  readonly #stage: Stage
  readonly #options: HubOptions<A>
  readonly #dealer: Dealer<A>
  readonly #supervisor: Supervisor | undefined
  readonly #upstream: Outlet<A>
  readonly #task: WakeableTask
  readonly #onCut: (lane: number) => void
  readonly #batch: A[] = []
  #at = 0
  #count = 0
  #attempt = 1
  #recovering = false
  /** Lanes that may lose values were given a turn since the last of them took or asked. */
  #waited = false
  /** Nothing more is read. */
  #over = false
  /** All was dealt out, or failed: the branches are told. */
  #finished = false
  #closed = false
  #live: number
  readonly #patience: Patience | undefined
  /** What a callback threw; the operator fails when the value at hand is dealt out. */
  #broken: { readonly error: unknown; readonly item: unknown } | undefined

  constructor(upstream: Openable<A>, stage: Stage, options: HubOptions<A>, onCut: (lane: number) => void) {
    this.#stage = stage
    this.#options = options
    this.#onCut = onCut
    this.#task = stage.task(() => this.#turn())
    this.#upstream = stage.open(upstream, this.#task.wake)
    const tracked = this.#upstream.tickets != null
    this.lanes = Array.from({ length: options.lanes }, () => new Lane<unknown>(this, options.policy, tracked))
    this.#live = options.lanes
    this.#dealer = options.dealer(this)
    this.#supervisor = supervisorOf(stage, options.onError)
    const { patienceMs } = options.policy
    const holds = (lane: Lane<unknown>): boolean => this.#finished || (!this.#over && this.#dealer.heldBy(lane))
    this.#patience = patienceMs === undefined ? undefined : new Patience(stage, patienceMs, this.lanes, holds, (late) => { this.#cut(late) })
  }

  /** Nobody pulls it: its values come out of its lanes. */
  pull(): number {
    return PENDING
  }

  close(): void {
    this.#closed = true
    this.#finished = false
    this.stopReading()
  }

  asked(): void {
    this.#waited = false
    if (!this.#over) this.#task.wake()
  }

  took(): void {
    this.#waited = false
    // Room in a buffer may be what others wait for; without one, that is known when the branch asks again.
    if (this.#options.policy.capacity > 0) this.asked()
  }

  left(): boolean {
    this.#live--
    if (this.#live === 0) this.stopReading()
    this.asked()
    return this.#live > 0 && !this.#closed && !this.failure
  }

  /** True where the branches finish before the operator fails; what may lose values anyway has nothing to wait for. */
  get finishesFirst(): boolean {
    return !this.#options.policy.lossy
  }

  /** A branch has ended, whether or not it has ever read its lane. */
  leave(index: number): void {
    this.lanes[index]?.close(CONSUMERS_DONE)
  }

  /** Reads nothing any more. What was read and not dealt out is given back. */
  stopReading(error?: unknown): void {
    if (!this.#over) {
      this.#over = true
      void this.#upstream.close(CONSUMERS_DONE)
    }
    this.#patience?.cancel()
    for (; this.#at < this.#count; this.#at++) {
      this.#upstream.tickets?.[this.#at]?.nack(error)
      this.#batch[this.#at] = undefined as A
    }
  }

  /** A value that a branch loses. */
  drop(value: A, lane: number): void {
    this.#stage.drop(1)
    this.#tell(() => this.#options.onDrop?.(value, lane), value)
  }

  #turn(): StageState {
    const { scheduler } = this.#stage.scope
    while (!this.#over && !this.#recovering) {
      if (this.#at < this.#count) {
        const dealt = this.#deal()
        for (const lane of this.lanes) lane.notify()
        if (!dealt) return this.#hold()
        if (scheduler.spent(this.#count)) {
          this.#task.wake()
          return 'busy'
        }
        continue
      }
      const room = this.#dealer.room()
      if (room < 1) return this.#hold()
      if (this.#options.policy.lossy && !this.#waited && this.lanes.some(({ live, waiting }) => live && !waiting)) {
        // It may only need its turn, which comes before the one this wake brings: what it loses, it loses being busy.
        this.#waited = true
        this.#task.wake()
        return 'busy'
      }
      let count: number
      try {
        count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      } catch (error) {
        this.#finish({ error })
        return 'idle'
      }
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.#finish(undefined)
        return 'idle'
      }
      this.#at = 0
      this.#count = count
      // User code before it may have ended the run from inside that pull.
      if (this.#over as boolean) this.stopReading()
    }
    return this.#recovering ? 'busy' : 'idle'
  }

  /** Deals out what was read; false where a lane is not ready, or an item has to be waited for. */
  #deal(): boolean {
    while (this.#at < this.#count) {
      const value = this.#batch[this.#at] as A
      const ticket = this.#upstream.tickets?.[this.#at]
      try {
        if (!this.#dealer.ready(value)) return false
      } catch (error) {
        if (!this.#recover(error, value, ticket)) return false
        continue
      }
      // User code that decides may have ended the run.
      if (this.#at >= this.#count) return false
      this.#next()
      this.#dealer.give(value, ticket)
      if (this.#broken) this.#fail(this.#broken.error, this.#broken.item, 1)
    }
    return true
  }

  #next(): void {
    this.#batch[this.#at++] = undefined as A
    this.#attempt = 1
  }

  /** Decides about a failed item; true where dealing goes on at once. */
  #recover(error: unknown, value: A, ticket: Ticket | undefined): boolean {
    // User code that decides has ended the run, and then threw: the item was given back.
    if (this.#at >= this.#count) return false
    const goOn = (recovery: Recovery): void => {
      if (recovery === 'retry') {
        this.#attempt++
        return
      }
      ticket?.ack()
      this.#next()
    }
    const giveUp = (final: unknown): void => {
      ticket?.nack(final)
      const attempt = this.#attempt
      this.#next()
      this.#fail(final, value, attempt)
    }
    let recovery: Recovery | Promise<Recovery>
    try {
      if (this.#supervisor === undefined) throw error
      recovery = this.#supervisor.recover(error, value, this.#attempt)
    } catch (final) {
      giveUp(final)
      return false
    }
    if (!isThenable(recovery)) {
      goOn(recovery)
      return true
    }
    this.#recovering = true
    const settled = (then: () => void): void => {
      this.#recovering = false
      if (this.#over) return
      then()
      this.#stage.scope.scheduler.dispatch(this.#task.wake)
    }
    recovery.then(
      (done) => { settled(() => { goOn(done) }) },
      (final: unknown) => { settled(() => { giveUp(final) }) },
    )
    return false
  }

  #fail(error: unknown, item: unknown, attempt: number): void {
    if (this.#over) return
    this.#stage.fail(error, item, attempt)
    this.#finish({ error })
  }

  #finish(failure: { readonly error: unknown } | undefined): void {
    this.failure = failure
    this.stopReading(failure?.error)
    this.#finished = true
    for (const lane of this.lanes) lane.finish(failure)
    this.#patience?.watch()
  }

  /** It rests because of its branches. */
  #hold(): StageState {
    if (this.#recovering) return 'busy'
    this.#patience?.watch()
    return 'backpressured'
  }

  /** Branches that others have waited for too long are cut off: while they hold them, and at the end. */
  #cut(late: readonly number[]): void {
    for (const index of late) {
      this.#live--
      this.lanes[index]?.cut((value) => { this.drop(value as A, index) })
      this.#onCut(index)
      this.#tell(() => this.#options.onDisconnect?.(index), undefined)
    }
    if (this.#broken) this.#fail(this.#broken.error, this.#broken.item, 1)
    if (this.#live === 0) this.stopReading()
    if (this.#finished) this.#patience?.watch()
    else this.#stage.scope.scheduler.dispatch(this.#task.wake)
  }

  /** Callbacks of the user's are no part of an item: what they throw fails the operator. */
  #tell(callback: () => void, item: unknown): void {
    try {
      callback()
    } catch (error) {
      this.#broken ??= { error, item }
    }
  }
}
