import type { Openable, Source } from '../contract/source'
import { describeValue } from '../foreign/describe-value'
import { isThenable } from '../foreign/promise-of'
import { source } from '../kit/source'
import { Flow } from '../run/flow'
import { fromAsyncIterable } from './from-async-iterable'
import { fromIterable } from './from-iterable'
import { fromPromise } from './from-promise'

/** What {@link from} takes. */
export type Pullable<T> = Openable<T> | AsyncIterable<T> | Iterable<T> | PromiseLike<T>

/**
 * A source of what is given: an array or other iterable, an async iterable, a promise, a queue, a topic's
 * subscription, a WHATWG or Node stream, another source.
 *
 * - **emits** each value in order; a promise emits its one value; a string its characters
 * - **holds back** while it is not pulled: nothing is read ahead
 * - **completes** when what is given does
 * - **buffers** nothing
 * - **on failure** of what is given, fails with that error
 * - **on abort** closes the iterator (`return`); a queue is left open, a subscription is closed
 *
 * A promise that is handed over is owned by the source: its rejection fails the runs that read it, and is no unhandled
 * rejection before that. A pipeline that never runs swallows it. A thenable that is no promise of the platform is left
 * alone until its value is wanted, because a lazy one begins its work when `then` is called.
 *
 * @throws TypeError where `input` is none of these.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).to(toArray()).run() // [1, 2, 3]
 * await from(Promise.resolve('a')).to(first()).run() // 'a'
 * await from(new Blob(['some text']).stream()).to(count()).run() // 1
 * ```
 */
export function from<T>(input: Pullable<T>): Source<T> {
  if (typeof input === 'string') return fromIterable(input as Iterable<T>)
  if (typeof input === 'object' || typeof input === 'function') {
    const given = input as Partial<Openable<T> & AsyncIterable<T> & Iterable<T>> | null
    if (input instanceof Flow) return input as Flow<T>
    if (typeof given?.open === 'function') {
      return source('from', ({ scope, wake }) => (input as Openable<T>).open(scope, wake))
    }
    if (typeof given?.[Symbol.asyncIterator] === 'function') return fromAsyncIterable(input as AsyncIterable<T>)
    if (typeof given?.[Symbol.iterator] === 'function') return fromIterable(input as Iterable<T>)
    if (isThenable(input)) return fromPromise(input)
  }
  throw new TypeError(
    `from: expected an iterable, async iterable, promise, queue, subscription or source, got ${describeValue(input)}`,
  )
}
