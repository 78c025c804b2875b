import type { SubscriptionReader } from './reader'
import { END } from './audience'

/**
 * The values of a subscription, one by one. Calls of `next` may overlap: each gets the next value in order.
 *
 * A failure is thrown once; after that it has ended. `return` (a `break`) closes the subscription, also while a `next`
 * waits, which then answers the end.
 */
export class SubscriptionIterator<T> implements AsyncIterableIterator<T> {
  readonly #reader: SubscriptionReader<T>
  #threw = false

  constructor(reader: SubscriptionReader<T>) {
    this.#reader = reader
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#threw) return Promise.resolve(END)
    const reader = this.#reader
    // A value that is there costs no promise chain.
    if (!reader.audience.hasTakers && reader.look()) return Promise.resolve({ done: false, value: reader.take() })
    return reader.next().catch((error: unknown) => {
      if (this.#threw) return END
      this.#threw = true
      throw error
    })
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#reader.finish({ status: 'cancelled', reason: undefined })
    return Promise.resolve(END)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
