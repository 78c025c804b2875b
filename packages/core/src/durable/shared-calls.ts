/** One call, and those who wait for it. */
interface SharedCall<B> {
  readonly result: Promise<B>
  readonly controller: AbortController
  waiting: number
}

/**
 * Calls of one process that are under way, by key: whoever asks for a key meanwhile waits for the same call.
 *
 * Invariant: a call is aborted when the last one who waits for it has gone, and not before.
 */
export class SharedCalls<B> {
  readonly #calls = new Map<string, SharedCall<B>>()

  /** @param make begins the call, where there is none. */
  of(key: string, signal: AbortSignal | undefined, make: (signal: AbortSignal) => Promise<B>): Promise<B> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const call = this.#calls.get(key) ?? this.#begin(key, make)
    call.waiting++
    if (signal === undefined) return call.result
    return new Promise<B>((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error)
        if (--call.waiting === 0) call.controller.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      call.result.then(resolve, reject).finally(() => { signal.removeEventListener('abort', leave) })
    })
  }

  #begin(key: string, make: (signal: AbortSignal) => Promise<B>): SharedCall<B> {
    const controller = new AbortController()
    const result = make(controller.signal).finally(() => { this.#calls.delete(key) })
    // Those who have gone hear nothing of it.
    result.catch(() => {})
    const call = { result, controller, waiting: 0 }
    this.#calls.set(key, call)
    return call
  }
}
