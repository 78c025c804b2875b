import type { Operator } from '@sluice/core'
import { decision, declare, described, fn, whole } from '@sluice/core/authoring'
import { callRules, heldBy, type CallContext, type MapAsyncOptions } from './call-options'
import { callEach } from './call-each'

const MAP_ASYNC_UNORDERED = /* @__PURE__ */ declare('mapAsyncUnordered', () => ({ args: { call: fn }, options: { ...callRules(), capacity: whole(0).maybe(), maxReorder: whole(0).maybe(), onError: decision } }), (given) => ({ order: 'changed', holds: heldBy(given) }))

/**
 * Turns each value into the result of an asynchronous function, several at once, results as they come.
 *
 * - **emits** each result when its call has finished: a slow one holds up nobody
 * - **holds back** when `capacity` results wait for downstream: then no call is started
 * - **completes** when the source has completed and the last result is out
 * - **buffers** at most `concurrency + capacity` values, running and finished ones together
 * - **on failure** as `onError` says; by default results that are there are delivered, then the run fails with the
 *   original error, at once
 * - **on abort** running calls are told through `signal` and waited for, a second at most; what they answer is dropped
 *
 * ```marble
 * in    -1-2-3------|
 *       mapAsyncUnordered(n => later(n * 10), { concurrency: 2 })
 * out   ----20-10-30|
 * ```
 *
 * @param call gets the value and `{ signal, attempt }`; a plain result is fine too.
 * @param options `concurrency` (required: a number, or `{ min, max, targetMs }`), `capacity`, `limit`, `timeoutMs`, `onError`,
 * `name`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(mapAsyncUnordered(async (n) => n * 10, { concurrency: 16 })).to(count()).run() // 3
 * ```
 */
export function mapAsyncUnordered<A, B>(
  call: (value: A, context: CallContext) => B | PromiseLike<B>,
  options: MapAsyncOptions<A>,
): Operator<A, B> {
  const given = MAP_ASYNC_UNORDERED.read(options, { call })
  return described(MAP_ASYNC_UNORDERED, given, callEach('mapAsyncUnordered', call, options, { ordered: false, emits: 'result' }))
}
