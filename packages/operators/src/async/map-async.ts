import type { Operator } from '@sluice/core'
import { decision, declare, described, fn, whole } from '@sluice/core/authoring'
import { callRules, heldBy, type CallContext, type MapAsyncOptions } from './call-options'
import { callEach } from './call-each'

const MAP_ASYNC = /* @__PURE__ */ declare('mapAsync', () => ({ args: { call: fn }, options: { ...callRules(), capacity: whole(0).maybe(), maxReorder: whole(0).maybe(), onError: decision } }), (given) => ({ holds: heldBy(given) }))

/**
 * Turns each value into the result of an asynchronous function, several at once, in the order of the values.
 *
 * - **emits** the results in the order of the values, whichever finishes first
 * - **holds back** when `capacity` results wait for downstream: then no call is started
 * - **completes** when the source has completed and the last result is out
 * - **buffers** at most `concurrency + capacity` values, running and finished ones together
 * - **on failure** as `onError` says; by default no call is started any more, the results of the values before the
 *   failed one are delivered, then the run fails with the original error
 * - **on abort** running calls are told through `signal` and waited for, a second at most; what they answer is dropped
 *
 * ```marble
 * in    -1-2-3------|
 *       mapAsync(n => later(n * 10), { concurrency: 2 })
 * out   ----10-20-30|
 * ```
 *
 * @param call gets the value and `{ signal, attempt }`; a plain result is fine too.
 * @param options `concurrency` (required: a number, or `{ min, max, targetMs }`), `capacity` (or `maxReorder`), `limit`,
 * `timeoutMs`, `onError`, `name`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * const load = async (id: number, signal: AbortSignal) => (signal.aborted ? 'gone' : `item ${id}`)
 * await from([7, 8]).pipe(mapAsync((id, { signal }) => load(id, signal), { concurrency: 8, timeoutMs: 2000 })).to(toArray()).run() // ['item 7', 'item 8']
 * ```
 */
export function mapAsync<A, B>(
  call: (value: A, context: CallContext) => B | PromiseLike<B>,
  options: MapAsyncOptions<A>,
): Operator<A, B> {
  const given = MAP_ASYNC.read(options, { call })
  return described(MAP_ASYNC, given, callEach('mapAsync', call, options, { ordered: true, emits: 'result' }))
}
