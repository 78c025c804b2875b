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
export interface Permit extends Disposable {
  /** True once it was given back. */
  readonly isReleased: boolean
  /** Gives it back, so that the next one may go. Only the first call counts. Tokens of the rate stay spent. */
  release(): void
}

/** The permit that a limit issues. Users know the interface only: a class with private fields is another type in each copy of Sluice. */
export class IssuedPermit implements Permit {
  #giveBack: (() => void) | undefined

  /** @internal */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
  }

  get isReleased(): boolean {
    return this.#giveBack === undefined
  }

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
