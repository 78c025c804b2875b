import type { Operator } from '@sluice/core'
import { decision, declare, described, fn, whole } from '@sluice/core/authoring'
import { callRules, heldBy, type CallContext, type MapAsyncOptions } from './call-options'
import { callEach } from './call-each'

const TAP_ASYNC = /* @__PURE__ */ declare('tapAsync', () => ({ args: { look: fn }, options: { ...callRules(), capacity: whole(0).maybe(), maxReorder: whole(0).maybe(), onError: decision } }), (given) => ({ holds: heldBy(given) }))

/**
 * Calls an asynchronous function for each value, several at once, and hands the value on when its call has settled.
 *
 * - **emits** each value unchanged, in order, after the promise of its call
 * - **holds back** when `capacity` values whose call has settled wait for downstream: then no call is started
 * - **completes** when the source has completed and the last value is out
 * - **buffers** at most `concurrency + capacity` values
 * - **on failure** of `look` as `onError` says: with `skip` the value is left out
 * - **on abort** running calls are told through `signal` and waited for, a second at most
 *
 * ```marble
 * in    -1-2-----|
 *       tapAsync(save, { concurrency: 2 })
 * out   ---1-2---|
 * ```
 *
 * @param look gets the value and `{ signal, attempt }`; what its promise resolves to is ignored.
 * @param options `concurrency` (required), `capacity` (or `maxReorder`), `limit`, `timeoutMs`, `onError`, `name`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * const seen: number[] = []
 * const save = async (n: number) => { seen.push(n) }
 * await from([1, 2]).pipe(tapAsync(save, { concurrency: 2 })).to(toArray()).run() // [1, 2]
 * ```
 */
export function tapAsync<A>(
  look: (value: A, context: CallContext) => unknown,
  options: MapAsyncOptions<A>,
): Operator<A, A> {
  const given = TAP_ASYNC.read(options, { look })
  return described(TAP_ASYNC, given, callEach('tapAsync', look, options, { ordered: true, emits: 'item' }, 'look'))
}
