import type { Clock } from '../contract/clock'
import type { GateRules } from './gate'
import { LimitGate } from './gate'
import { LimitLane } from './lane'
import { Waiters } from '../waiting/waiters'

// Each new key may forget two old ones, so the number of keys shrinks while no single call has much to do.
const FORGOTTEN_PER_NEW_KEY = 2

/**
 * The lanes of a {@link Limit} by key. A key nobody uses is forgotten as soon as forgetting makes no difference.
 *
 * ```text
 *   byKey:    a ─▶ lane, in use          b ─▶ lane, bucket not full yet        c ─▶ …
 *   resting:                             b ⇄ …        in the order they came to rest
 * ```
 *
 * Invariants: a lane rests if and only if it has no permit out, nobody waiting and was not forgotten; all lanes have
 * the same rules.
 */
export class LimitLanes {
  readonly #byKey = new Map<unknown, LimitLane>()
  readonly #resting = new Waiters<LimitLane>()
  readonly #clock: Clock
  readonly #onTokens: (lane: LimitLane) => void
  #rules: GateRules | undefined

  /** Without `rules` there is one lane for all keys, and it holds nobody back. */
  constructor(rules: GateRules | undefined, clock: Clock, onTokens: (lane: LimitLane) => void) {
    this.#rules = rules
    this.#clock = clock
    this.#onTokens = onTokens
  }

  get rules(): GateRules | undefined {
    return this.#rules
  }

  /** How many keys are remembered, 0 when keys make no difference. Forgets first what can be forgotten. */
  get size(): number {
    this.#forget(Infinity)
    return this.#rules === undefined ? 0 : this.#byKey.size
  }

  /** The lane of a key, made on first use. */
  of(key: unknown): LimitLane {
    const found = this.#byKey.get(this.#rules === undefined ? undefined : key)
    if (found !== undefined) return found
    this.#forget(FORGOTTEN_PER_NEW_KEY)
    const gate = new LimitGate(this.#rules ?? {}, this.#clock, () => {
      this.#onTokens(lane)
    })
    const lane = new LimitLane(this.#rules === undefined ? undefined : key, gate)
    this.#byKey.set(lane.key, lane)
    return lane
  }

  /** Somebody uses the lane again. */
  use(lane: LimitLane): void {
    if (lane.rest !== undefined) this.#resting.remove(lane.rest)
    lane.rest = undefined
  }

  /** The lane changed: if nobody uses it, it is forgotten now, or rests until its bucket is full. */
  letRest(lane: LimitLane): void {
    if (this.#rules === undefined || lane.rest !== undefined) return
    if (lane.gate.active > 0 || !lane.line.isEmpty) return
    if (lane.gate.isFresh()) this.#byKey.delete(lane.key)
    else lane.rest = this.#resting.park(lane)
  }

  /** Other rules for every key, from now on. Answers the lanes there are. */
  setRules(rules: GateRules): LimitLane[] {
    this.#rules = rules
    const lanes = [...this.#byKey.values()]
    for (const { gate } of lanes) {
      gate.concurrency = rules.concurrency ?? Infinity
      gate.setRate(rules.rate)
    }
    return lanes
  }

  #forget(most: number): void {
    for (let forgotten = 0; forgotten < most; forgotten++) {
      const lane = this.#resting.first
      if (lane?.gate.isFresh() !== true) return
      this.use(lane)
      this.#byKey.delete(lane.key)
    }
  }
}
