import type { Stage } from '@sluice/core/authoring'
import { isDue } from '../timing/due'
import type { Lane } from './lane'

/**
 * Watches how long lanes hold others, and tells of the one that has done so for too long. One timer, and only while
 * some lane does.
 */
export class Patience {
  readonly #stage: Stage
  readonly #patienceMs: number
  readonly #lanes: readonly Lane<unknown>[]
  readonly #holds: (lane: Lane<unknown>) => boolean
  readonly #onLate: (lanes: number[]) => void
  #cancelTimer: (() => void) | undefined

  constructor(
    stage: Stage,
    patienceMs: number,
    lanes: readonly Lane<unknown>[],
    holds: (lane: Lane<unknown>) => boolean,
    onLate: (lanes: number[]) => void,
  ) {
    this.#stage = stage
    this.#patienceMs = patienceMs
    this.#lanes = lanes
    this.#holds = holds
    this.#onLate = onLate
  }

  /** Looks again who holds others; since when is forgotten when a lane is pulled. */
  watch(): void {
    const { clock } = this.#stage.scope
    let first = Infinity
    for (const lane of this.#lanes) {
      lane.heldSince = lane.live && this.#holds(lane) ? (lane.heldSince ?? clock.now()) : undefined
      if (lane.heldSince !== undefined) first = Math.min(first, lane.heldSince)
    }
    this.cancel()
    if (first === Infinity) return
    this.#cancelTimer = clock.after(Math.max(0, first + this.#patienceMs - clock.now()), () => {
      this.#cancelTimer = undefined
      const now = clock.now()
      const late: number[] = []
      for (const [index, { live, heldSince }] of this.#lanes.entries()) {
        if (live && heldSince !== undefined && isDue(heldSince + this.#patienceMs, now)) late.push(index)
      }
      if (late.length > 0) this.#onLate(late)
      // The timer fired early: nobody else would set another.
      else this.watch()
    })
  }

  cancel(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
