/**
 * The right to do one thing under a {@link Limit}. Give it back when the thing is done, whatever came of it.
 *
 * @example
 * const permit = await limit.acquire()
 * try {
 *   await fetch(url)
 * } finally {
 *   permit.release()
 * }
 */
export class Permit implements Disposable {
  #giveBack: (() => void) | undefined

  /** @internal */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
  }

  /** True once it was given back. */
  get isReleased(): boolean {
    return this.#giveBack === undefined
  }

  /** Gives it back, so that the next one may go. Only the first call counts. Tokens of the rate stay spent. */
  release(): void {
    const giveBack = this.#giveBack
    this.#giveBack = undefined
    giveBack?.()
  }

  /** The same as {@link release}: `using permit = await limit.acquire()`. */
  [Symbol.dispose](): void {
    this.release()
  }
}
