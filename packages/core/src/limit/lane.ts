import type { Permit } from './permit'
import type { LimitGate } from './gate'
import type { WaitingCall } from '../waiting/wait-in-line'
import type { WaiterLink } from '../waiting/waiters'
import { Waiters } from '../waiting/waiters'

/** The callers of one key: their own gate, their own line, and their place among the other keys. */
export class LimitLane {
  /** Callers with their cost, first come first served. */
  readonly line = new Waiters<WaitingCall<number, Permit>>()
  /** Its place among the lanes whose head waits for the shared gate only. */
  turn: WaiterLink<LimitLane> | undefined
  /** Its place among the lanes nobody uses, whose bucket is not full again yet. */
  rest: WaiterLink<LimitLane> | undefined

  constructor(
    readonly key: unknown,
    readonly gate: LimitGate,
  ) {}
}
