import type { Source } from '../contract/source'
import { asPromise, ownPromise } from '../foreign/promise-of'
import { fromAsyncIterable } from './from-async-iterable'

/**
 * A source of the one value of a promise. The source owns the promise's failure from now on: it is no unhandled rejection
 * while no run has asked for the value, nor where none ever does. Closed before the promise settled, nobody waits for it
 * any more: the loser of a race may fail as it likes.
 */
export function fromPromise<T>(promise: PromiseLike<T>, name: string): Source<T> {
  ownPromise(promise)
  return fromAsyncIterable<T>({
    [Symbol.asyncIterator]() {
      let asked = false
      return {
        next: (): Promise<IteratorResult<T>> => {
          if (asked) return Promise.resolve({ done: true, value: undefined })
          asked = true
          return asPromise(promise).then((value) => ({ value }))
        },
      }
    },
  }, name)
}
