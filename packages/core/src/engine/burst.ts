import { macrotask } from './macrotask'

/** So many chunks without a macrotask in between are a burst. */
const BURST = 16

/**
 * Notices when chunks come so fast that they are better handed on together: as many as come before the next macrotask.
 *
 * A chunk that is at hand takes a web stream three microtasks, one whose `pull` is asynchronous ten or more; a macrotask
 * tells both from one that has to be waited for, and costs nothing per chunk (counting microtasks cost 20 to 200 ns).
 */
export class Burst {
  readonly #onTurn: () => void
  /** Chunks since the last macrotask that was watched. */
  #quick = 0
  #on = false

  readonly #onMacrotask = (): void => {
    const wasOn = this.#on
    this.#on &&= this.#quick > 0
    this.#quick = 0
    if (this.#on) macrotask(this.#onMacrotask)
    // The last turn, too: what was left over from the turn before may wait for a chunk that does not come.
    if (wasOn) this.#onTurn()
  }

  /** @param onTurn called at the end of each turn of a burst: what was gathered is to be handed on. */
  constructor(onTurn: () => void) {
    this.#onTurn = onTurn
  }

  /** Chunks come so fast that they are gathered. */
  get isOn(): boolean {
    return this.#on
  }

  /** A chunk has come. True in a burst: the next one is likely to be there already. */
  arrived(): boolean {
    this.#quick++
    if (this.#on) return true
    if (this.#quick === BURST / 2) macrotask(this.#onMacrotask)
    else if (this.#quick === BURST) this.#on = true
    return false
  }

  /** Nothing more comes that would be gathered. */
  end(): void {
    this.#on = false
  }
}
