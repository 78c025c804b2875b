/** So many microtasks without a chunk, and a stream has none at hand: one that makes them at once needs three. */
const PATIENCE = 4
/** So many chunks without a lull are a burst. */
const BURST = 16

const resolved = Promise.resolve()

/** Notices when chunks have stopped coming, by counting microtasks: it costs 20 ns a chunk, and nothing while none comes. */
export class Lull {
  readonly #onLull: () => void
  #watching = false
  /** Microtasks since the last chunk. */
  #quiet = 0
  /** Chunks since the last lull. */
  #streak = 0

  readonly #onMicrotask = (): void => {
    if (++this.#quiet < PATIENCE) {
      void resolved.then(this.#onMicrotask)
      return
    }
    this.#watching = false
    this.#streak = 0
    this.#onLull()
  }

  constructor(onLull: () => void) {
    this.#onLull = onLull
  }

  /** A chunk has come. True in a burst: the next one is likely to be there already. */
  arrived(): boolean {
    this.watch()
    return ++this.#streak > BURST
  }

  /** From now on so much patience, and no more. */
  watch(): void {
    this.#quiet = 0
    if (this.#watching) return
    this.#watching = true
    void resolved.then(this.#onMicrotask)
  }
}
