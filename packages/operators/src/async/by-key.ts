import { supervisorOf, type Stage, type Supervisor, type Ticket } from '@sluice/core'
import { judge } from '../recover/judge'
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
 * Invariant: a value is read only when no value that is here could be started, so nothing is read for nothing.
 */
export class ByKey<K, A, B> implements Admission<A, KeyedCall<K, A, B>> {
  readonly #calls: CallsInFlight<A, B, KeyedCall<K, A, B>>
  readonly #stage: Stage
  readonly #keyOf: (item: A) => K
  readonly #options: CheckedKeyedOptions<A>
  readonly #supervisor: Supervisor | undefined
  readonly #lanes: Lanes<K, A, B>
  /** Results of a key may overtake each other only where several of its calls run at once. */
  readonly #keepsOrder: boolean
  /** A value that was read and has no lane yet: its key is not known, or its lane is full. */
  #hand: KeyedCall<K, A, B> | undefined
  /** The supervisor makes up its mind about the key of what is in hand. */
  #deciding = false
  #read = 0
  /** The place from which on nothing is started any more. */
  #failedAt = Infinity

  constructor(calls: CallsInFlight<A, B, KeyedCall<K, A, B>>, stage: Stage, keyOf: (item: A) => K, options: CheckedKeyedOptions<A>) {
    this.#calls = calls
    this.#stage = stage
    this.#keyOf = keyOf
    this.#options = options
    this.#supervisor = supervisorOf(stage, options.onError)
    this.#lanes = new Lanes(options.perKey, options.concurrency + options.maxPending)
    this.#keepsOrder = options.order === 'perKey' && options.perKey > 1
  }

  /** What may be here now: an adaptive concurrency changes it. */
  get capacity(): number {
    return this.#calls.caller.concurrency + this.#options.maxPending
  }

  room(): number {
    const { caller } = this.#calls
    while (caller.running < caller.concurrency) {
      if (this.#startNext()) continue
      if (this.#hand === undefined) return Math.min(1, this.capacity - this.#calls.open)
      if (this.#deciding || !this.#place(this.#hand)) break
    }
    return 0
  }

  enter(item: A, ticket: Ticket | undefined): void {
    this.#hand = this.#calls.begin(item, ticket)
    this.#hand.place = this.#read++
  }

  settled(call: KeyedCall<K, A, B>): void {
    // In order, what was read before a failed one is still wanted; else nothing is.
    if (call.state === 'failed') this.#failedAt = this.#options.order === 'ordered' ? Math.min(this.#failedAt, call.place) : -1
    const { lane } = call
    if (lane) this.#lanes.settled(lane)
    if (lane === undefined || !this.#keepsOrder) {
      this.#calls.handOn(call)
      return
    }
    for (let { first } = lane.started; first !== undefined && first.state !== 'running'; { first } = lane.started) {
      lane.started.shift()
      this.#calls.handOn(first)
    }
  }

  close(reason: unknown): void {
    this.#lanes.giveBack(reason)
    this.#hand?.giveBack(reason)
    this.#hand = undefined
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
    let key: K
    try {
      key = this.#keyOf(call.item as A)
    } catch (error) {
      return this.#keyFailed(call, error)
    }
    const lane = this.#lanes.of(key)
    if (this.#lanes.isFull(lane, this.#options.maxPendingPerKey)) return false
    this.#hand = undefined
    this.#calls.keepPlace(call)
    this.#lanes.enter(lane, call)
    return true
  }

  /** What the key function throws is a failure of the value. Nothing is read before it was decided about. */
  #keyFailed(call: KeyedCall<K, A, B>, error: unknown): boolean {
    const decided = judge(this.#supervisor, error, call, {
      goOn: (recovery) => {
        if (recovery === 'retry') call.attempt++
        else this.#skip(call, recovery)
        return true
      },
      giveUp: (final) => {
        this.#hand = undefined
        call.fail(final)
        this.#calls.keepPlace(call)
        this.#calls.settled(call)
        return true
      },
    }, (carryOut) => {
      if (this.#stage.outcome !== undefined) return
      this.#deciding = false
      carryOut()
      this.#stage.scope.scheduler.dispatch(this.#calls.task.wake)
    })
    this.#deciding = decided === undefined
    return decided === true
  }

  #skip(call: KeyedCall<K, A, B>, fate: 'skipped' | 'deadLettered'): void {
    this.#hand = undefined
    this.#stage.settle(call.ticket, fate)
    this.#calls.release(call)
  }
}
