import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, ms, whole } from '@sluice/core/authoring'
import type { TimeOptions } from './decoupled'
import { Delayed } from './delayed'

const DELAY = /* @__PURE__ */ declare('delay', () => ({ args: { delayMs: ms() }, options: { capacity: whole().or(256) } }), ({ capacity }) => ({ holds: capacity }))

/** Options of {@link delay}. */
export interface DelayOptions extends TimeOptions {
  /** Values in delay at once, 1 or more. Default 256: so many can pass per `delayMs`. */
  readonly capacity?: number | undefined
}

/**
 * Hands on every value a while after it came.
 *
 * - **emits** each value `delayMs` after it was taken from the source, in order
 * - **holds back** when `capacity` values are in delay: more than that per `delayMs` do not pass
 * - **completes** when the source has completed and the last value is out
 * - **buffers** at most `capacity` values
 * - **on failure** of the source, the values in delay come out first, each in its time
 * - **on abort** what is in delay is given up, and its tickets given back; one timer at most, and only while a value is
 *   wanted
 *
 * ```marble
 * in:         a-b---c|
 * delay(2 -): --a-b---c|
 *
 * in:         ab-X
 * delay(2 -): --abX
 * ```
 *
 * @param delayMs in ms, 0 or more.
 * @param options `capacity` (default 256), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(delay(50, { capacity: 10 })).to(toArray()).run() // [1, 2]
 * ```
 */
export function delay<A>(delayMs: number, options?: DelayOptions): Operator<A, A> {
  const given = DELAY.read(options, { delayMs })
  const { name, capacity } = given
  return described(DELAY, { ...given, delayMs }, asyncOperator<A, A>(name, (upstream, stage) => new Delayed(upstream, stage, delayMs, capacity)))
}
