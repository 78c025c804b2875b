import { QueueClosedError } from '../errors'
import type { WaitOptions } from '../waiting/waiting'

/** What an iterator needs of its queue. */
export interface Takeable<T> {
  take(options?: WaitOptions): Promise<T>
  tryTake(): T | undefined
  readonly size: number
  readonly isClosed: boolean
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * One consumer of a queue as an async iterator. Concurrent calls of `next` are served in order; `return` answers them
 * `done` at once and takes nothing more, and leaves the queue to the others.
 */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #queue: Takeable<T>
  readonly #left = new AbortController()
  readonly #leave: () => void

  /** @param leave told when this consumer has gone; a second call does nothing. */
  constructor(queue: Takeable<T>, leave: () => void) {
    this.#queue = queue
    this.#leave = leave
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left.signal.aborted) return Promise.resolve(END)
    return this.#queue.take({ signal: this.#left.signal }).then(
      (value) => ({ done: false, value }),
      (error: unknown) => {
        if (this.#left.signal.aborted || error instanceof QueueClosedError) return END
        throw error
      },
    )
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#left.abort()
    this.#leave()
    return Promise.resolve(END)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
