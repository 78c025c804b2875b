import type { Operator } from '@sluice/core'
import { decision, declare, described, fn, whole } from '@sluice/core/authoring'
import { callRules, heldBy, type CallContext, type MapAsyncOptions } from './call-options'
import { callEach } from './call-each'

const FILTER_ASYNC = /* @__PURE__ */ declare('filterAsync', () => ({ args: { test: fn }, options: { ...callRules(), capacity: whole(0).maybe(), maxReorder: whole(0).maybe(), onError: decision } }), (given) => ({ drops: 'chosen', holds: heldBy(given) }))

/**
 * Keeps the values for which an asynchronous test answers something truthy, several tests at once, in order.
 *
 * - **emits** each value whose test has passed, once the tests of all values before it have settled
 * - **holds back** when `capacity` values with a settled test wait for downstream: then no test is started
 * - **completes** when the source has completed and the last test has settled
 * - **buffers** at most `concurrency + capacity` values
 * - **on failure** of a test as `onError` says; by default no test is started any more, the values before the failed
 *   one are delivered, then the run fails with the original error
 * - **on abort** running tests are told through `signal` and waited for, a second at most; what they answer is dropped
 *
 * ```marble
 * in    -1---2---3---|
 *       filterAsync(isOdd, { concurrency: 2 })
 * out   --1-------3--|
 * ```
 *
 * @param test gets the value and `{ signal, attempt }`; a plain answer is fine too.
 * @param options `concurrency` (required), `capacity` (or `maxReorder`), `limit`, `timeoutMs`, `onError`, `name`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * const isOdd = async (n: number) => n % 2 === 1
 * await from([1, 2, 3]).pipe(filterAsync(isOdd, { concurrency: 2 })).to(toArray()).run() // [1, 3]
 * ```
 */
export function filterAsync<A>(
  test: (value: A, context: CallContext) => unknown,
  options: MapAsyncOptions<A>,
): Operator<A, A> {
  const given = FILTER_ASYNC.read(options, { test })
  return described(FILTER_ASYNC, given, callEach('filterAsync', test, options, { ordered: true, emits: 'chosen item' }, 'test'))
}
