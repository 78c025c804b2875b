import { type Operator } from '@sluice/core'
import { asyncOperator, coded, declare, described, whole } from '@sluice/core/authoring'
import type { OperatorFunction } from 'rxjs'
import { RxPassage } from './rx-passage'

const THROUGH_RX = /* @__PURE__ */ declare('throughRx', () => ({ options: { capacity: whole().or(65_536) } }), ({ capacity }) => ({ tickets: 'ended', holds: capacity }))

/** Options of {@link throughRx}. */
export interface ThroughRxOptions {
  /**
   * Values that may wait when the RxJS operators make more than one of each, 1 or more; one more fails the run. Default
   * 65,536: what an operator makes of one value, or on its own time, cannot be held back.
   */
  readonly capacity?: number | undefined
  readonly name?: string | undefined
}

/**
 * Sends the values through RxJS operators.
 *
 * ```text
 *   upstream ◀─pull─ pump ─next▶ Subject ▶ rx operators ▶ [ring: capacity] ◀─pull─ consumer
 *                      └ one value, and the next when what came of it is out ┘
 * ```
 *
 * - **emits** what the operators emit
 * - **holds back** the source while a result waits: values go in one at a time
 * - **completes** when the operators complete; where they do before the source, or nobody is subscribed to it any more, the
 *   source is closed
 * - **buffers** at most `capacity` results; the operators may keep values themselves
 * - **on failure** of an operator, what it had emitted is delivered first. A failure of the source goes through the operators,
 *   so `catchError` sees it
 * - **on abort** unsubscribes
 *
 * The operators are subscribed to in the call of `run`, so that they hear what other Observables push right behind it. They
 * may subscribe to the source as often as they like before the first value goes in, which waits for the first of them. The
 * values are those of one run: an operator that subscribes again later (`retry`, `repeat`, the `caught` of `catchError`,
 * `concat(s, s)`) fails the run with an error that says which operator it was.
 *
 * Operators of RxJS that wait use its schedulers, not the run's clock. In a tracked run a value is dealt with when it went in:
 * what RxJS makes of it cannot be followed.
 *
 * @param operators any number of operators of RxJS; options may come before them: `capacity`, `name`.
 * @throws OptionError where an option is wrong, TypeError where something is no operator.
 *
 * @example
 * ```ts
 * await range(0, 5).pipe(throughRx(bufferCount(2))).to(toArray()).run() // [[0, 1], [2, 3], [4]]
 * ```
 */
export function throughRx<A, B>(o1: OperatorFunction<A, B>): Operator<A, B>
export function throughRx<A, T1, B>(o1: OperatorFunction<A, T1>, o2: OperatorFunction<T1, B>): Operator<A, B>
export function throughRx<A, T1, T2, B>(o1: OperatorFunction<A, T1>, o2: OperatorFunction<T1, T2>, o3: OperatorFunction<T2, B>): Operator<A, B>
export function throughRx<A, T1, T2, T3, B>(
  o1: OperatorFunction<A, T1>, o2: OperatorFunction<T1, T2>, o3: OperatorFunction<T2, T3>, o4: OperatorFunction<T3, B>,
): Operator<A, B>
export function throughRx<A, B>(options: ThroughRxOptions, ...operators: OperatorFunction<A, B>[]): Operator<A, B>
export function throughRx<A = unknown, B = unknown>(...operators: OperatorFunction<unknown, unknown>[]): Operator<A, B>
export function throughRx(...given: (ThroughRxOptions | OperatorFunction<unknown, unknown>)[]): Operator<unknown, unknown> {
  const [head] = given
  const options = typeof head === 'object' ? head : {}
  const operators = (typeof head === 'object' ? given.slice(1) : given) as OperatorFunction<unknown, unknown>[]
  const read = THROUGH_RX.read(options)
  operators.forEach((operator: unknown, index) => {
    if (typeof operator !== 'function') throw coded('SLUICE_ARGUMENT', new TypeError(`throughRx: operator ${index + 1} must be one of RxJS, got ${typeof operator}`))
  })
  return described(THROUGH_RX, read, asyncOperator<unknown, unknown>(read.name, (upstream, stage) => new RxPassage(upstream, stage, operators, read.capacity)))
}
