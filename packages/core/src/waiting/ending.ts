/** How something ended, for whoever asks: a promise that is made on first use, and settled once. */
export class Ending {
  #promise: Promise<void> | undefined
  #settle: (() => void) | undefined
  #ended: { readonly failure: { readonly error: unknown } | undefined } | undefined

  get promise(): Promise<void> {
    this.#promise ??= new Promise<void>((resolve, reject) => {
      this.#settle = () => {
        const failure = this.#ended?.failure
        if (failure) reject(failure.error)
        else resolve()
      }
      if (this.#ended) this.#settle()
    })
    // Whoever takes gets the failure as well: not to listen here is no unhandled rejection.
    this.#promise.catch(() => undefined)
    return this.#promise
  }

  /** It has ended, with a failure or well. Only the first call counts. */
  settle(failure: { readonly error: unknown } | undefined): void {
    if (this.#ended) return
    this.#ended = { failure }
    this.#settle?.()
  }
}
