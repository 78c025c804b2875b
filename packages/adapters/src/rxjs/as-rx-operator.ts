import type { Operator } from '@sluice/core'
import type { OperatorFunction } from 'rxjs'
import { declare, fn, whole } from '@sluice/core/authoring'
import { boundsOf, pushRules, type PushOptions } from '../push/push-options'
import { subscribed } from './subscribed'
import { toObservable } from './to-observable'

/** By default nothing is lost silently: what does not fit fails. */
const AS_RX_OPERATOR = /* @__PURE__ */ declare('asRxOperator', () => {
  const { overflow, ...rules } = pushRules()
  return { args: { operator: fn }, options: { ...rules, capacity: whole().or(65_536), overflow: overflow.or('fail' as const) } }
})

/**
 * Makes an operator for RxJS's `pipe` out of one, or several, of ours.
 *
 * Values pushed by the Observable wait in a bounded buffer, since it cannot be held back. Each subscription is a run of its
 * own, which subscribes to the Observable at once; unsubscribing aborts it; errors pass as they are.
 *
 * @param operator of Sluice; for several: `(source) => source.pipe(a, b)`.
 * @param options of that buffer: `capacity` (default 65,536), `overflow` (default `'fail'`), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const doubled = of(1, 2, 3).pipe(asRxOperator(mapAsync(async (n: number) => n * 2, { concurrency: 2 })))
 * await lastValueFrom(doubled.pipe(rxToArray())) // [2, 4, 6]
 * ```
 */
export function asRxOperator<A, B>(operator: Operator<A, B>, options: Partial<PushOptions<A>> = {}): OperatorFunction<A, B> {
  // A mistake is told here, and none by each subscription.
  const read = AS_RX_OPERATOR.read(options, { operator })
  const given = { ...read, ...boundsOf('asRxOperator', read) }
  return (observable) => toObservable(subscribed<A>('asRxOperator', observable, given).pipe(operator))
}
