import type { Source } from '../contract/source'
import { fromAsyncIterable } from './from-async-iterable'

/**
 * A source of the one value of a promise. Closed before it settled, nobody waits for it any more: the loser of a race
 * may fail as it likes.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Source<T> {
  return fromAsyncIterable<T>({
    [Symbol.asyncIterator]() {
      let asked = false
      return {
        next: async () => {
          if (asked) return { done: true, value: undefined }
          asked = true
          return { value: await promise }
        },
      }
    },
  })
}
