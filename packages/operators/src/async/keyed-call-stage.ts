import type { Outcome } from '@sluice/core'
import { answeredAtOnce, CallStage, printValue, reasonOf, Trials, type Call, type Openable, type Stage, type StageState, type Tickets } from '@sluice/core/authoring'
import { callMaker } from './call-each'
import type { CheckedCalls } from './call-options'
import type { GuardedWork } from './guarded-calls'
import { entryOf } from './keyed-entry'
import { Lanes } from './lanes'

/** A key is shown by so many characters at most. */
const LONGEST_KEY = 60

/** In which order results come. */
export type KeyedOrder = 'perKey' | 'ordered' | 'unordered'

/** The options of `mapAsyncKeyed`, checked. */
export interface CheckedKeyedOptions<A> extends CheckedCalls<A> {
  readonly perKey: number
  readonly maxPending: number
  readonly maxPendingPerKey: number
  readonly order: KeyedOrder
}

/**
 * So many calls per key: a value waits in the lane of its key until its call can be started.
 *
 * ```text
 *   Feed ─▶ hand ─ its key ─▶ Lanes ─ in turns ─▶ Calls ─▶ Call
 * ```
 *
 * While all places are taken, values are read on, as far as there is room, until there is one whose key has no call that
 * runs: the turn of a key behind a busy one comes only if the key is known.
 *
 * Invariant: a value is read only when no key waits that has no call running, so nothing is read for nothing.
 */
export class KeyedCallStage<K, A, B> extends CallStage<A, B> {
  readonly #keyOf: (item: A) => K
  readonly #options: CheckedKeyedOptions<A>
  /** Of keys that could not be made out. */
  readonly #trials: Trials<A, Call<A, B>>
  readonly #lanes: Lanes<K, A, B>
  /** Results of a key may overtake each other only where several of its calls run at once. */
  readonly #keepsOrder: boolean
  /** A value that was read and has no lane yet: its key is not known, or its lane is full. */
  #hand: Call<A, B> | undefined
  #read = 0
  /** The place from which on nothing is started any more. */
  #failedAt = Infinity

  constructor(upstream: Openable<A>, stage: Stage, keyOf: (item: A) => K, work: GuardedWork<A, B>, options: CheckedKeyedOptions<A>) {
    super(upstream, stage, {
      emits: 'result', order: options.order === 'ordered' ? 'entered' : 'by owner', tells: 'of all', onError: options.onError,
      maker: (calls, wake) => callMaker(calls, stage, wake, work, options, options.maxPending, false, false),
    })
    this.#keyOf = keyOf
    this.#options = options
    this.#trials = new Trials(stage, options.onError, this.wake)
    this.#lanes = new Lanes(options.perKey, Number.MAX_SAFE_INTEGER)
    stage.show(() => {
      const { hottest } = this.#lanes
      return hottest && { hotKey: printValue(hottest.key).slice(0, LONGEST_KEY), hotKeyWaiting: hottest.waiting, waiting: hottest.all }
    })
    this.#keepsOrder = options.order === 'perKey' && options.perKey > 1
  }

  override room(): number | StageState {
    const { calls } = this
    for (;;) {
      // What is started here beside the value that was read last is work of its own.
      for (let started = 0; this.#hasPlace && this.#startNext(); started++) {
        if (started > 0 && this.stage.scope.scheduler.spent(1)) {
          this.wake()
          return 'backpressured'
        }
      }
      if (this.#hand === undefined) {
        // The next place goes to a key that has none.
        const isSupplied = !this.#hasPlace && this.#lanes.idle > 0
        return isSupplied || calls.open >= calls.maker.capacity ? 'backpressured' : 1
      }
      if (!this.#place(this.#hand)) return 'backpressured'
    }
  }

  /** Values are read on while all places are taken, too. */
  protected override get mayRead(): boolean {
    return true
  }

  override take(values: readonly A[], _count: number, tickets: Tickets | null | undefined): boolean {
    this.#hand = this.calls.place(values[0] as A, tickets?.[0])
    entryOf(this.#hand).place = this.#read++
    return false
  }

  override turned(): StageState {
    // What was read and waits for its key is started after the end of upstream as well.
    if (this.feed.ended) this.room()
    return super.turned()
  }

  override settled(call: Call<A, B>): void {
    const { lane } = entryOf<K, A, B>(call)
    if (call.state === 'failed') this.#failed(call)
    if (lane === undefined) return
    // A key stays taken where its function runs on.
    if (call.overdue === undefined) this.#lanes.settled(lane)
    entryOf(call).lane = undefined
    if (this.#options.order === 'ordered') return
    if (!this.#keepsOrder) {
      this.calls.handOn(call)
      return
    }
    for (let { first } = lane.started; first !== undefined && first.call.state !== 'running'; { first } = lane.started) {
      lane.started.shift()
      this.calls.handOn(first.call)
    }
  }

  vacated(key: unknown): void {
    this.#lanes.settled(this.#lanes.of(key as K))
  }

  override close(outcome: Outcome): void | Promise<void> {
    this.#trials.close()
    this.#hand?.giveBack(reasonOf(outcome))
    this.#hand = undefined
    return super.close(outcome)
  }

  get #hasPlace(): boolean {
    return this.calls.maker.room(this.calls.running) > 0
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
    this.calls.start(first.call)
    return true
  }

  /** Puts what is in hand into the lane of its key; false while it has to stay in hand. */
  #place(call: Call<A, B>): boolean {
    if (call.verdict === 'again') call.tryAgain()
    else if (call.verdict !== 'open') return this.#decided(call)
    let key: K
    try {
      key = answeredAtOnce(this.stage.name, 'key', this.#keyOf(call.item as A))
    } catch (error) {
      // What the key function throws is a failure of the value. Nothing is read before that was decided about.
      this.#trials.failed(call, error)
      return this.#decided(call)
    }
    const lane = this.#lanes.of(key)
    if (this.#lanes.isFull(lane, this.#options.maxPendingPerKey)) return false
    this.#hand = undefined
    this.#lanes.enter(lane, entryOf(call))
    return true
  }

  /** False where nothing was decided yet. */
  #decided(call: Call<A, B>): boolean {
    const { verdict } = call
    if (verdict !== 'skipped' && verdict !== 'failed') return false
    this.#hand = undefined
    call.state = verdict
    if (verdict === 'failed') this.#failed(call)
    if (this.#options.order !== 'ordered') this.calls.handOn(call)
    return true
  }

  /** In order, what was read before a failed item is still wanted; else nothing is. */
  #failed(call: Call<A, B>): void {
    this.feed.end()
    this.#failedAt = this.#options.order === 'ordered' ? Math.min(this.#failedAt, entryOf(call).place) : -1
  }
}
