import type { Operator } from '@sluice/core'
import type { OperatorFunction } from 'rxjs'
import type { PushOptions } from '../push/push-options'
import { fromObservable } from './from-observable'
import { toObservable } from './to-observable'

/** Loses nothing silently: what does not fit fails. */
const LOSSLESS: PushOptions<unknown> = { capacity: 65_536, overflow: 'fail' }

/**
 * Makes an operator for RxJS's `pipe` out of one, or several, of ours.
 *
 * Values pushed by the Observable wait in a bounded buffer, since it cannot be held back. Each subscription is a run of its
 * own, which subscribes to the Observable at once; unsubscribing aborts it; errors pass as they are.
 *
 * @param operator of Sluice; for several: `(source) => source.pipe(a, b)`.
 * @param options of that buffer: `capacity` (default 65,536), `overflow` (default `'fail'`), `onDrop`, `onHigh`, `onLow`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const doubled = of(1, 2, 3).pipe(asRxOperator(mapAsync(async (n: number) => n * 2, { concurrency: 2 })))
 * await lastValueFrom(doubled.pipe(rxToArray())) // [2, 4, 6]
 * ```
 */
export function asRxOperator<A, B>(operator: Operator<A, B>, options: Partial<PushOptions<A>> = {}): OperatorFunction<A, B> {
  const policy = { ...LOSSLESS, name: 'asRxOperator', ...options } as PushOptions<A>
  return (observable) => toObservable(fromObservable<A>(observable, policy).pipe(operator))
}
