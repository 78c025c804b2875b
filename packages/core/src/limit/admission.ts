import type { Clock } from '../contract/clock'
import type { GateRules } from './gate'
import { LimitGate, UNTIL_RELEASE } from './gate'
import type { LimitLane } from './lane'
import { LimitLanes } from './lanes'
import { IssuedPermit, type Permit } from './permit'
import { waitIn } from '../waiting/wait-in-line'
import { Waiters } from '../waiting/waiters'
import type { WaitOptions } from '../waiting/waiting'

/**
 * Who may go next under a {@link Limit}: the lines, the gates and the turns between them.
 *
 * ```text
 *   acquire ──▶ line of key a ── own gate ──┐
 *   acquire ──▶ line of key b ── own gate ──┼──▶ turns ── shared gate ──▶ Permit ── release ──▶ (both gates)
 *   acquire ──▶ line of key c ── own gate ──┘    keys whose head waits for the shared gate only
 * ```
 *
 * Invariants: nobody overtakes inside a key, so a head with a large cost is served as soon as its tokens are there;
 * a key held back by its own gate holds back no other key; a lane has a turn if and only if its own gate would let its
 * head in; while somebody has a turn, the shared gate is shut for the first of them; `waiting` is the length of all
 * lines. Everything is O(1), except `setKeyed`.
 */
export class LimitAdmission {
  readonly gate: LimitGate
  readonly lanes: LimitLanes
  readonly #clock: Clock
  readonly #turns = new Waiters<LimitLane>()
  #waiting = 0

  constructor(shared: GateRules, keyed: GateRules | undefined, clock: Clock) {
    this.#clock = clock
    this.gate = new LimitGate(shared, clock, () => {
      this.admit()
    })
    this.lanes = new LimitLanes(keyed, clock, (lane) => {
      this.#changed(lane)
    })
  }

  get waiting(): number {
    return this.#waiting
  }

  /** A permit, if nobody stands in line for it and both gates are open. */
  tryEnter(key: unknown, cost: number): Permit | undefined {
    const lane = this.lanes.of(key)
    if (this.#turns.isEmpty && lane.line.isEmpty && lane.gate.waitMs(cost) === 0 && this.gate.waitMs(cost) === 0) {
      return this.#enter(lane, cost)
    }
    this.lanes.letRest(lane)
    return undefined
  }

  /** Stands in line. Only after `tryEnter` has answered nothing. */
  wait(key: unknown, cost: number, owner: string, options: WaitOptions | undefined): Promise<Permit> {
    const lane = this.lanes.of(key)
    const permit = waitIn(lane.line, cost, owner, this.#clock, options, () => {
      this.#waiting--
      this.#changed(lane)
    })
    this.#waiting++
    this.#changed(lane)
    return permit
  }

  /** Other rules for every key. */
  setKeyed(rules: GateRules): void {
    for (const lane of this.lanes.setRules(rules)) this.#place(lane)
    this.admit()
  }

  /** Lets in whom the shared gate lets in. To be called when that gate was changed. */
  admit(): void {
    let lane: LimitLane | undefined
    while ((lane = this.#turns.first) !== undefined) {
      const cost = lane.line.first?.value ?? 0
      const waitMs = this.gate.waitMs(cost)
      this.gate.wakeIn(waitMs)
      if (waitMs > 0) return
      this.#turns.serve()
      lane.turn = undefined
      const call = lane.line.serve()
      this.#waiting--
      const permit = this.#enter(lane, cost)
      // The lane goes behind the others before anybody is told.
      this.#place(lane)
      call?.resolve(permit)
    }
    this.gate.wakeIn(UNTIL_RELEASE)
  }

  #changed(lane: LimitLane): void {
    this.#place(lane)
    this.admit()
  }

  #enter(lane: LimitLane, cost: number): Permit {
    this.lanes.use(lane)
    lane.gate.enter(cost)
    this.gate.enter(cost)
    return new IssuedPermit(() => {
      lane.gate.leave()
      this.gate.leave()
      this.#changed(lane)
    })
  }

  /** Puts a lane where it belongs: among the turns, behind its own gate, or to rest. */
  #place(lane: LimitLane): void {
    const head = lane.line.first
    const waitMs = head === undefined ? UNTIL_RELEASE : lane.gate.waitMs(head.value)
    lane.gate.wakeIn(waitMs)
    if (head !== undefined) this.lanes.use(lane)
    if (waitMs === 0) {
      lane.turn ??= this.#turns.park(lane)
      return
    }
    if (lane.turn !== undefined) this.#turns.remove(lane.turn)
    lane.turn = undefined
    if (head === undefined) this.lanes.letRest(lane)
  }
}
