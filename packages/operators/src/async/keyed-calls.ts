import {
  DONE, isThenable, PENDING, RingBuffer, supervisorOf,
  type Openable, type Outcome, type Outlet, type Puller, type Recovery, type Stage, type StageState, type Supervisor,
  type Ticket, type Tickets, type WakeableTask,
} from '@sluice/core'
import type { CheckedCalls } from './call-options'
import { Caller, type Work } from './caller'
import { KeyedCall, Lane, type KeyedCallContext } from './keyed-call'

/** In which order results come. */
export type KeyedOrder = 'perKey' | 'ordered' | 'unordered'

/** The options of {@link KeyedCalls}, checked. */
export interface CheckedKeyedOptions<A> extends CheckedCalls<A> {
  readonly perKey: number
  readonly maxPending: number
  readonly maxPendingPerKey: number
  readonly order: KeyedOrder
}

/** A value that was read and has no lane yet: its key is not known, or its lane is full. */
interface Hand<A> {
  readonly item: A
  readonly ticket: Ticket | undefined
  attempt: number
  /** Its key is being seen to by the supervisor. */
  busy: boolean
}

/**
 * Asynchronous calls, so many at once and so many per key.
 *
 * ```text
 *   upstream ◀─pull one─ pump ─▶ hand ─▶ lane of a: waiting ─┐
 *                                        lane of b: waiting ─┼▶ ready lanes, in turns ─▶ call ─▶ [queue] ─▶ pull
 *                                        lane of c: waiting ─┘   queued when read (ordered) or when finished
 * ```
 *
 * Everything is O(1) per value: a lane is in line exactly while it may start a call, so nobody searches.
 *
 * Invariants: calls running ≤ concurrency, and of a key ≤ perKey; `#open` (read and not delivered) ≤ concurrency +
 * maxPending; a value is read only when no value that is here could be started, so nothing is read for nothing.
 */
export class KeyedCalls<K, A, B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #keyOf: (item: A) => K
  readonly #options: CheckedKeyedOptions<A>
  readonly #supervisor: Supervisor | undefined
  readonly #caller: Caller<A, B, KeyedCall<K, A, B>>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<A>
  readonly #lanes = new Map<K, Lane<K, A, B>>()
  readonly #ready: RingBuffer<Lane<K, A, B>>
  readonly #queue: RingBuffer<KeyedCall<K, A, B>>
  readonly #free: KeyedCall<K, A, B>[] = []
  readonly #slot: A[] = []
  #hand: Hand<A> | undefined
  #read = 0
  #open = 0
  #started = false
  /** Nothing more is read: upstream has ended, or an item has failed for good. */
  #ended = false
  /** The place from which on nothing is started any more. */
  #failedAt = Infinity

  constructor(
    upstream: Openable<A>, stage: Stage,
    keyOf: (item: A) => K, work: Work<A, B, KeyedCallContext<K>>, options: CheckedKeyedOptions<A>,
  ) {
    this.#stage = stage
    this.#keyOf = keyOf
    this.#options = options
    this.#supervisor = supervisorOf(stage, options.onError)
    this.#task = stage.task(() => this.#pump())
    this.#caller = new Caller<A, B, KeyedCall<K, A, B>>(stage, work, options, this.#task, (call) => { this.#settled(call) })
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
    const capacity = options.concurrency + options.maxPending
    this.#ready = new RingBuffer(capacity)
    this.#queue = new RingBuffer(capacity)
    const size = (): number => this.#open
    stage.expose({ capacity, get size() { return size() } })
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
        into[count] = call.value as B
        if (this.tickets) this.tickets[count] = call.ticket
        count++
      }
      this.#release(call)
    }
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
    const giveBack = (call: KeyedCall<K, A, B>): void => {
      // A call is in a lane and in the queue at once where order matters.
      call.ticket?.nack(reason)
      call.ticket = undefined
    }
    for (let call = this.#queue.shift(); call; call = this.#queue.shift()) giveBack(call)
    for (const { waiting, started } of this.#lanes.values()) {
      for (let call = waiting.shift(); call; call = waiting.shift()) giveBack(call)
      for (let call = started.shift(); call; call = started.shift()) giveBack(call)
    }
    this.#lanes.clear()
    this.#hand?.ticket?.nack(reason)
    this.#hand = undefined
    this.#caller.close()
  }

  #pump(): StageState {
    const caller = this.#caller
    const { scheduler } = this.#stage.scope
    while (caller.running < caller.concurrency) {
      if (this.#startNext()) continue
      if (this.#hand && !this.#place(this.#hand)) break
      // What is to be tried again at once is still in hand: nothing is read in its place.
      if (this.#hand || !this.#ready.isEmpty) continue
      if (this.#ended || this.#open >= caller.concurrency + this.#options.maxPending) break
      const count = this.#upstream.pull(this.#slot, 1)
      if (count === PENDING) break
      if (count === DONE) {
        this.#ended = true
        break
      }
      this.#hand = { item: this.#slot[0] as A, ticket: this.#upstream.tickets?.[0], attempt: 1, busy: false }
      this.#slot[0] = undefined as A
      this.#open++
      if (scheduler.spent(1)) {
        this.#task.wake()
        break
      }
    }
    const head = this.#queue.at(0)
    if (head === undefined ? this.#ended && this.#open === 0 : head.state !== 'running') this.#stage.wake()
    if (caller.running > 0) return 'busy'
    return this.#open > 0 ? 'backpressured' : 'idle'
  }

  /** Starts the first call of the lane whose turn it is; false where there is none. */
  #startNext(): boolean {
    const lane = this.#ready.shift()
    if (lane === undefined) return false
    lane.isReady = false
    const first = lane.waiting.first
    if (first === undefined || first.place > this.#failedAt) return true
    lane.waiting.shift()
    if (this.#keepsOrder) lane.started.push(first)
    lane.running++
    // It goes behind the others before user code is called.
    this.#lineUp(lane)
    this.#caller.start(first)
    return true
  }

  #lineUp(lane: Lane<K, A, B>): void {
    if (lane.isReady || lane.waiting.first === undefined || lane.running >= this.#options.perKey) return
    lane.isReady = true
    this.#ready.push(lane)
  }

  /** Results of a key may overtake each other only where several of its calls run at once. */
  get #keepsOrder(): boolean {
    return this.#options.order === 'perKey' && this.#options.perKey > 1
  }

  /** Puts a value into the lane of its key; false while it has to stay in hand. */
  #place(hand: Hand<A>): boolean {
    if (hand.busy) return false
    let key: K
    try {
      key = this.#keyOf(hand.item)
    } catch (error) {
      return this.#keyFailed(hand, error)
    }
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = new Lane<K, A, B>(key)
      this.#lanes.set(key, lane)
    }
    if (lane.waiting.size >= this.#options.maxPendingPerKey && lane.running >= this.#options.perKey) return false
    this.#hand = undefined
    const call = this.#begin(hand)
    call.key = key
    call.lane = lane
    if (this.#options.order === 'ordered') this.#queue.push(call)
    lane.waiting.push(call)
    this.#lineUp(lane)
    return true
  }

  #begin(hand: Hand<A>): KeyedCall<K, A, B> {
    const call = this.#free.pop() ?? new KeyedCall<K, A, B>(this.#stage, this.#caller, this.#options.timeoutMs !== undefined)
    call.begin(hand.item, hand.ticket)
    call.attempt = hand.attempt
    call.place = this.#read++
    return call
  }

  /** What the key function throws is a failure of the value. Nothing is read before it was decided about. */
  #keyFailed(hand: Hand<A>, error: unknown): boolean {
    const fail = (final: unknown): boolean => {
      this.#hand = undefined
      const call = this.#begin(hand)
      call.error = final
      call.state = 'failed'
      call.ticket?.nack(final)
      call.ticket = undefined
      this.#queue.push(call)
      this.#fails(call)
      return true
    }
    const goOn = (recovery: Recovery): boolean => {
      hand.busy = false
      if (recovery === 'retry') {
        hand.attempt++
      } else {
        this.#hand = undefined
        hand.ticket?.ack()
        this.#open--
      }
      return true
    }
    if (this.#supervisor === undefined) return fail(error)
    let recovery: Recovery | Promise<Recovery>
    try {
      recovery = this.#supervisor.recover(error, hand.item, hand.attempt)
    } catch (final) {
      return fail(final)
    }
    if (!isThenable(recovery)) return goOn(recovery)
    hand.busy = true
    const then = (act: () => unknown): void => {
      if (this.#stage.outcome !== undefined) return
      act()
      this.#stage.scope.scheduler.dispatch(this.#task.wake)
    }
    recovery.then(
      (done) => { then(() => goOn(done)) },
      (final: unknown) => { then(() => fail(final)) },
    )
    return false
  }

  #fails(call: KeyedCall<K, A, B>): void {
    this.#ended = true
    // In order, what was read before it is still wanted; else nothing is.
    this.#failedAt = this.#options.order === 'ordered' ? Math.min(this.#failedAt, call.place) : -1
  }

  #settled(call: KeyedCall<K, A, B>): void {
    const lane = call.lane as Lane<K, A, B>
    lane.running--
    if (call.state === 'failed') this.#fails(call)
    else call.item = undefined // The result may wait long for its turn, and what it was made of can be heavy.
    if (this.#keepsOrder) {
      while (lane.started.first && lane.started.first.state !== 'running') this.#finish(lane.started.shift() as KeyedCall<K, A, B>)
    } else if (this.#options.order !== 'ordered') {
      this.#finish(call)
    }
    this.#lineUp(lane)
    if (lane.running === 0 && lane.waiting.first === undefined && lane.started.first === undefined) this.#lanes.delete(lane.key)
  }

  #finish(call: KeyedCall<K, A, B>): void {
    if (call.state === 'skipped') this.#release(call)
    else this.#queue.push(call)
  }

  #release(call: KeyedCall<K, A, B>): void {
    this.#open--
    call.clear()
    call.lane = undefined
    call.key = undefined as K
    this.#free.push(call)
  }
}
