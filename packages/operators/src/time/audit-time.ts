import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, ms } from '@sluice/core/authoring'
import { Decoupled, type TimeOptions } from './decoupled'

const AUDIT_TIME = /* @__PURE__ */ declare('auditTime', () => ({ args: { windowMs: ms() } }), { drops: 'surplus', holds: 2 })

/**
 * From the first value on waits a while, then hands on the latest; the next wait begins with the next value.
 *
 * - **emits** `windowMs` after the first value that came since it last emitted: the latest one by then
 * - **holds back** never: it keeps consuming the source, and drops what is not handed on, counted
 * - **completes** when the source completes; the value held comes out at once
 * - **buffers** at most two values: the latest one, and one whose time has come and that is not taken yet, whose place
 *   the next such one takes
 * - **on failure** of the source, the value held comes out first
 * - **on abort** what is held is given up, and its ticket given back; one timer at most, and none while nothing is held
 *
 * ```marble
 * in:             a-b---c--d-e-|
 * auditTime(3 -): ---b-----c--e|
 *
 * in:             a-b|
 * auditTime(3 -): ---b|
 *
 * in:             a-X
 * auditTime(3 -): --aX
 * ```
 *
 * @param windowMs in ms, 0 or more.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(auditTime(100)).to(toArray()).run() // [3]
 * ```
 */
export function auditTime<A>(windowMs: number, options?: TimeOptions): Operator<A, A> {
  const given = AUDIT_TIME.read(options, { windowMs })
  return described(AUDIT_TIME, { ...given, windowMs }, asyncOperator<A, A>(given.name, (upstream, stage) =>
    new Decoupled(upstream, stage, { came: (now, due) => due ?? now + windowMs })))
}
