import { type Operator } from '@sluice/core'
import { declare, described, mapping } from '@sluice/core/authoring'
import type { TimeOptions } from './decoupled'

const TIMESTAMP = /* @__PURE__ */ declare('timestamp', () => ({}), {})

/** A value, and when it passed. */
export interface Timestamped<A> {
  readonly value: A
  /** In ms, by the clock of the run. It counts from some fixed point, and never goes back. */
  readonly at: number
}

/**
 * Puts beside each value the time at which it passed.
 *
 * - **emits** `{ value, at }` for each value, `at` by the clock of the run: for differences, not for the calendar
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, what came before is out already
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in:          a--b--|
 * timestamp(): A--B--|    A = { value: a, at: 0 }, B = { value: b, at: 3 }
 *
 * in:          a-X
 * timestamp(): A-X
 * ```
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from(['a', 'b']).pipe(timestamp(), map(({ value, at }) => [value, typeof at])).to(toArray()).run() // [['a', 'number'], ['b', 'number']]
 * ```
 */
export function timestamp<A>(options?: TimeOptions): Operator<A, Timestamped<A>> {
  const given = TIMESTAMP.read(options)
  return described(TIMESTAMP, given, mapping<A, Timestamped<A>>(
    given.name,
    ({ scope: { clock } }) => (value) => ({ value, at: clock.now() }),
    given,
  ))
}
