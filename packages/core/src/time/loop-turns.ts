import { macrotask } from '../engine/macrotask'

/**
 * Tells whether the event loop has gone on to its next turn, for the price of comparing two numbers. Within a turn no time passes
 * but by work; between two turns any time may pass.
 */
export class LoopTurns {
  /** Becomes another number in a later turn than that of the last call of `watch`. */
  count = 0
  #watched = false
  readonly #next = (): void => {
    this.#watched = false
    this.count++
  }

  /** The end of this turn is to be noticed. Costs a macrotask a turn, however many watch. */
  watch(): void {
    if (this.#watched) return
    this.#watched = true
    macrotask(this.#next)
  }
}

/** Those of this copy of the package. */
export const loopTurns = /* @__PURE__ */ new LoopTurns()
