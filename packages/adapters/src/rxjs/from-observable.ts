import type { Source } from '@sluice/core'
import { declare, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import type { ObservableLike } from './subscribable'
import { subscribed } from './subscribed'

const FROM_OBSERVABLE = /* @__PURE__ */ declare('fromObservable', () => ({ options: pushRules() }), pushTraits)

/**
 * A source of what an Observable pushes.
 *
 * - **emits** the values in order
 * - **holds back** nobody: an Observable cannot be. `overflow` decides what becomes of a value for which there is no room
 * - **completes** when the Observable has completed and what it pushed is out
 * - **buffers** at most `capacity` values; those that nobody has taken when the run ends are counted as dropped
 * - **on failure** of the Observable, what it pushed is delivered first, then its error
 * - **on abort**, and when the consumer wants no more, unsubscribes
 *
 * It subscribes in the call of `run`, so that what is pushed right behind that is not lost; opened in the middle of a run (by
 * `concat`, `mergeMap`), when it is opened. A synchronous Observable pushes everything it has then, so a small capacity
 * overflows. Where the producer can be paused, `onHigh` and `onLow` say when.
 *
 * @param observable of RxJS, of another library (Symbol.observable), or the platform's.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`.
 * @throws OptionError where an option is wrong or missing, TypeError where there is nothing to subscribe to.
 *
 * @example
 * ```ts
 * await fromObservable(of(1, 2, 3), { capacity: 16, overflow: 'fail' }).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function fromObservable<T>(observable: ObservableLike<T>, options: PushOptions<T>): Source<T> {
  const read = FROM_OBSERVABLE.read(required('fromObservable', options))
  const given = { ...read, ...boundsOf('fromObservable', read) }
  return tell(subscribed<T>('fromObservable', observable, given), FROM_OBSERVABLE, given)
}
