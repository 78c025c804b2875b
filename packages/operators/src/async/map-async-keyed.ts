import { type Operator } from '@sluice/core'
import { asyncOperator, decision, declare, described, fn, fnAtOnce, whole, words } from '@sluice/core/authoring'
import { callRules, checkCalls, type CallContext, type CallOptions } from './call-options'
import type { GuardedWork } from './guarded-calls'
import { KeyedCallStage, type KeyedOrder } from './keyed-call-stage'

/** What the function of `mapAsyncKeyed` gets beside the value. */
export interface KeyedCallContext<K> extends CallContext {
  /** What the key function answered for the value. */
  readonly key: K
}

const MAP_ASYNC_KEYED = /* @__PURE__ */ declare('mapAsyncKeyed', () => ({ args: { key: fnAtOnce, call: fn }, options: { ...callRules(), perKey: whole().or(1), maxPending: whole(0).maybe(), maxPendingPerKey: whole(0).maybe(), order: words('perKey', 'ordered', 'unordered').or('perKey'), onError: decision } }), ({ concurrency, maxPending, order }) => {
  const most = typeof concurrency === 'number' ? concurrency : concurrency.max
  return { order: order === 'ordered' ? 'kept' : 'changed', holds: most + (maxPending ?? Math.max(256, 16 * most)) }
})

/** Options of {@link mapAsyncKeyed}. */
export interface MapAsyncKeyedOptions<A> extends CallOptions<A> {
  /** Calls of one key running at once, 1 or more. Default 1. */
  readonly perKey?: number | undefined
  /**
   * Values held beside the running calls, 0 or more: waiting for their key, or finished and waiting for downstream.
   * How far it looks past values of a busy key. Default: 16 times `concurrency`, 256 at least.
   */
  readonly maxPending?: number | undefined
  /**
   * So many values of one key wait at most; one more holds back the source, other keys included.
   * Default: `maxPending` where that is given; else half of it, so that one busy key does not fill the room of all.
   */
  readonly maxPendingPerKey?: number | undefined
  /**
   * `'perKey'` (default): results of a key in the order of its values, keys as they come. `'ordered'`: in the order of
   * all values. `'unordered'`: as they come.
   */
  readonly order?: KeyedOrder | undefined
}

/**
 * Turns each value into the result of an asynchronous function, one at a time for each key, several keys at once.
 *
 * - **emits** the results of a key in the order of its values; a slow key holds up no other
 * - **holds back** when `maxPending` values are held beside the running calls, finished ones included
 * - **completes** when the source has completed and the last result is out
 * - **buffers** at most `concurrency + maxPending` values; reads one only when no key waits that has no call running
 * - **on failure** as `onError` says; by default no call is started any more (in order: none after the failed one),
 *   results that are there are delivered, then the run fails with the original error
 * - **on abort** running calls are told through `signal` and waited for, a second at most; what they answer is dropped
 *
 * A key is free as soon as its call has settled, whether or not its result was taken; one whose call ignores `timeoutMs`
 * when that call has ended, or after `settleWithinMs`. A key that has many values waiting does not starve the others, as
 * long as theirs are among the values held: the keys take turns.
 *
 * ```marble
 * in    -a1-a2-b1-------|
 *       mapAsyncKeyed(keyOf, later, { concurrency: 2 })
 * out   ------a1-b1-a2--|
 * ```
 *
 * @param key answers the key of a value, compared as the keys of a Map are. It should be cheap: it may be called again
 * for a value that waits for room.
 * @param call gets the value and `{ signal, attempt, key }`; a plain result is fine too.
 * @param options `concurrency` (required), `perKey`, `maxPending`, `maxPendingPerKey`, `order`, `limit` (asked with the
 * key), `timeoutMs`, `settleWithinMs`, `onError`, `name`.
 * @throws OptionError where an option is wrong or `concurrency` is missing.
 *
 * @example
 * ```ts
 * const orders = [{ user: 'ann', no: 1 }, { user: 'bob', no: 2 }, { user: 'ann', no: 3 }]
 * const book = async ({ no }: { no: number }) => no
 * await from(orders).pipe(mapAsyncKeyed(({ user }) => user, book, { concurrency: 8, order: 'ordered' })).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function mapAsyncKeyed<A, K, B>(
  key: (value: A) => K,
  call: (value: A, context: KeyedCallContext<K>) => B | PromiseLike<B>,
  options: MapAsyncKeyedOptions<A>,
): Operator<A, B> {
  const given = MAP_ASYNC_KEYED.read(options, { key, call })
  const { perKey, order } = given
  const calls = checkCalls('mapAsyncKeyed', call, options)
  const { maxPending = Math.max(256, 16 * calls.concurrency) } = given
  const { maxPendingPerKey = given.maxPending ?? maxPending / 2 } = given
  const checked = { ...calls, perKey, maxPending, maxPendingPerKey, order }
  return described(MAP_ASYNC_KEYED, given, asyncOperator<A, B>(calls.name, (upstream, stage) =>
    new KeyedCallStage<K, A, B>(upstream, stage, key, call as GuardedWork<A, B>, checked)))
}
