import type { LimitCause } from '../contract/stage'

/** What holds up a stage at the moment, beside input, room and calls. Several may, and several times. */
export class Holds {
  /** How many there are. */
  count = 0
  readonly #counts = new Map<LimitCause, number>()

  /** The cause that has lasted longest; undefined where nothing holds the stage up. */
  get first(): LimitCause | undefined {
    return this.#counts.keys().next().value
  }

  add(cause: LimitCause): void {
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1)
    this.count++
  }

  remove(cause: LimitCause): void {
    const left = (this.#counts.get(cause) ?? 0) - 1
    if (left > 0) this.#counts.set(cause, left)
    else this.#counts.delete(cause)
    this.count--
  }
}
