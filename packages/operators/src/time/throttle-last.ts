import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, ms } from '@sluice/core/authoring'
import { Decoupled, type TimeOptions } from './decoupled'

const THROTTLE_LAST = /* @__PURE__ */ declare('throttleLast', () => ({ args: { windowMs: ms() } }), { drops: 'surplus', holds: 2 })

/**
 * Hands on the last value of each window; windows follow each other while values come, so no two are closer.
 *
 * Unlike {@link auditTime} a value that comes soon after an emission waits for what is left of that window only, not for
 * a whole one. RxJS calls it `throttleTime` with `{ leading: false, trailing: true }`.
 *
 * - **emits** the latest value at the end of a window in which one came; the first window begins with a value
 * - **holds back** never: it keeps consuming the source, and drops what is not handed on, counted
 * - **completes** when the source completes; the value held comes out at once, though its window is not over
 * - **buffers** at most two values: the latest one, and one whose time has come and that is not taken yet, whose place
 *   the next such one takes
 * - **on failure** of the source, the value held comes out first
 * - **on abort** what is held is given up, and its ticket given back; one timer at most, and none while nothing is held
 *
 * ```marble
 * in:                a-b--c-----d---|
 * throttleLast(3 -): ---b--c-------d|
 *
 * in:                a-b|
 * throttleLast(3 -): ---b|
 *
 * in:                a-X
 * throttleLast(3 -): --aX
 * ```
 *
 * @param windowMs in ms, 0 or more.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([10, 20, 30]).pipe(throttleLast(100)).to(toArray()).run() // [30]
 * ```
 */
export function throttleLast<A>(windowMs: number, options?: TimeOptions): Operator<A, A> {
  const given = THROTTLE_LAST.read(options, { windowMs })
  return described(THROTTLE_LAST, { ...given, windowMs }, asyncOperator<A, A>(given.name, (upstream, stage) => {
    let windowEnd = -Infinity
    return new Decoupled(upstream, stage, {
      came: (now, due) => due ?? (now < windowEnd ? windowEnd : now + windowMs),
      went: (now) => { windowEnd = now + windowMs },
    })
  }))
}
