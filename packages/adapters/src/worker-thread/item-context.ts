/** What the function of a worker gets beside the item. */
export interface WorkerContext {
  /**
   * Aborted when the run is aborted or fails, or this item has taken longer than `timeoutMs`. A function that never comes
   * back to the event loop cannot see it change: its thread is ended instead.
   */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** One item's. Its signal is made where somebody wants it. */
export class ItemContext implements WorkerContext {
  readonly attempt: number
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(attempt: number) {
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }
}
