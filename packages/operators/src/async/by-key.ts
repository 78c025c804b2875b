import { Trials, type Stage, type Ticket } from '@sluice/core/authoring'
import type { CheckedCalls } from './call-options'
import type { CallsInFlight } from './calls-in-flight'
import type { Admission } from './calls-plan'
import type { KeyedCall } from './keyed-call'
import { Lanes } from './lanes'

/** In which order results come. */
export type KeyedOrder = 'perKey' | 'ordered' | 'unordered'

/** The options of {@link ByKey}, checked. */
export interface CheckedKeyedOptions<A> extends CheckedCalls<A> {
  readonly perKey: number
  readonly maxPending: number
  readonly maxPendingPerKey: number
  readonly order: KeyedOrder
}

/**
 * So many calls per key: a value waits in the lane of its key until it can be started.
 *
 * ```text
 *   value ─▶ hand ─ its key ─▶ lanes ─ in turns ─▶ call
 * ```
 *
 * While all places are taken, values are read on, as far as there is room, until there is one whose key has no call that
 * runs: the turn of a key behind a busy one comes only if the key is known.
 *
 * Invariant: a value is read only when no key waits that has no call running, so nothing is read for nothing.
 */
export class ByKey<K, A, B> implements Admission<A, KeyedCall<K, A, B>> {
  readonly #calls: CallsInFlight<A, B, KeyedCall<K, A, B>>
  readonly #stage: Stage
  readonly #keyOf: (item: A) => K
  readonly #options: CheckedKeyedOptions<A>
  /** Of keys that could not be made out. */
  readonly #trials: Trials<A, KeyedCall<K, A, B>>
  readonly #lanes: Lanes<K, A, B>
  /** Results of a key may overtake each other only where several of its calls run at once. */
  readonly #keepsOrder: boolean
  /** A value that was read and has no lane yet: its key is not known, or its lane is full. */
  #hand: KeyedCall<K, A, B> | undefined
  #read = 0
  /** The place from which on nothing is started any more. */
  #failedAt = Infinity

  constructor(calls: CallsInFlight<A, B, KeyedCall<K, A, B>>, stage: Stage, keyOf: (item: A) => K, options: CheckedKeyedOptions<A>) {
    this.#calls = calls
    this.#stage = stage
    this.#keyOf = keyOf
    this.#options = options
    this.#trials = new Trials(stage, options.onError, calls.task.wake)
    this.#lanes = new Lanes(options.perKey, options.concurrency + options.maxPending)
    this.#keepsOrder = options.order === 'perKey' && options.perKey > 1
  }

  /** What may be here now: an adaptive concurrency changes it. */
  get capacity(): number {
    return this.#calls.caller.concurrency + this.#options.maxPending
  }

  room(): number {
    const { caller } = this.#calls
    for (;;) {
      // What is started here beside the value that was read last is work of its own.
      for (let started = 0; caller.running < caller.concurrency && this.#startNext(); started++) {
        if (started > 0 && this.#stage.scope.scheduler.spent(1)) {
          this.#calls.task.wake()
          return 0
        }
      }
      if (this.#hand === undefined) return this.#isSuppliedFor() ? 0 : Math.min(1, this.capacity - this.#calls.open)
      if (!this.#place(this.#hand)) return 0
    }
  }

  /** The next place goes to a key that has none. */
  #isSuppliedFor(): boolean {
    const { caller } = this.#calls
    return caller.running >= caller.concurrency && this.#lanes.idle > 0
  }

  enter(item: A, ticket: Ticket | undefined): void {
    this.#hand = this.#calls.begin(item, ticket)
    this.#hand.place = this.#read++
  }

  settled(call: KeyedCall<K, A, B>): void {
    // In order, what was read before a failed one is still wanted; else nothing is.
    if (call.state === 'failed') this.#failedAt = this.#options.order === 'ordered' ? Math.min(this.#failedAt, call.place) : -1
    const { lane } = call
    // Its key stays taken where its function runs on.
    if (lane && call.overdue === undefined) this.#lanes.settled(lane)
    if (lane === undefined || !this.#keepsOrder) {
      this.#calls.handOn(call)
      return
    }
    for (let { first } = lane.started; first !== undefined && first.state !== 'running'; { first } = lane.started) {
      lane.started.shift()
      this.#calls.handOn(first)
    }
  }

  vacated(key: unknown): void {
    this.#lanes.settled(this.#lanes.of(key as K))
  }

  close(reason: unknown): void {
    this.#lanes.giveBack(reason)
    this.#hand?.giveBack(reason)
    this.#hand = undefined
    this.#trials.close()
  }

  /** Starts the first call of the lane whose turn it is; false where there is none. */
  #startNext(): boolean {
    const lane = this.#lanes.next()
    if (lane === undefined) return false
    const { first } = lane.waiting
    if (first === undefined || first.place > this.#failedAt) return true
    // State first: user code is called next.
    this.#lanes.start(lane)
    if (this.#keepsOrder) lane.started.push(first)
    this.#calls.caller.start(first)
    return true
  }

  /** Puts what is in hand into the lane of its key; false while it has to stay in hand. */
  #place(call: KeyedCall<K, A, B>): boolean {
    if (call.verdict === 'again') call.tryAgain()
    else if (call.verdict !== 'open') return this.#decided(call)
    let key: K
    try {
      key = this.#keyOf(call.item as A)
    } catch (error) {
      // What the key function throws is a failure of the value. Nothing is read before it was decided about.
      this.#trials.failed(call, error)
      return this.#decided(call)
    }
    const lane = this.#lanes.of(key)
    if (this.#lanes.isFull(lane, this.#options.maxPendingPerKey)) return false
    this.#hand = undefined
    this.#calls.keepPlace(call)
    this.#lanes.enter(lane, call)
    return true
  }

  /** False where nothing was decided yet. */
  #decided(call: KeyedCall<K, A, B>): boolean {
    if (call.verdict === 'skipped') {
      this.#hand = undefined
      this.#calls.release(call)
      return true
    }
    if (call.verdict !== 'failed') return false
    this.#hand = undefined
    call.state = 'failed'
    this.#calls.keepPlace(call)
    this.#calls.settled(call)
    return true
  }
}
