/** What the function of a worker gets beside the item. */
export interface WorkerContext {
  /**
   * Aborted when the run is aborted or fails, or this item has taken longer than `timeoutMs`. A function that never comes
   * back to the event loop cannot see it change: its thread is ended instead.
   */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
  /**
   * The context of the item as texts, as the tools on the thread of the stage have told it (`traceparent` of a trace, by `traceRuns()`); undefined where they
   * have told nothing. What is kept in an `AsyncLocalStorage` there cannot cross threads.
   */
  readonly carried?: Readonly<Record<string, string>> | undefined
}

/** One item's. Its signal is made where somebody wants it. */
export class ItemContext implements WorkerContext {
  readonly attempt: number
  readonly carried: Readonly<Record<string, string>> | undefined
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(attempt: number, carried: Readonly<Record<string, string>> | undefined) {
    this.attempt = attempt
    this.carried = carried
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
