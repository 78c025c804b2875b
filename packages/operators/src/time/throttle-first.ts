import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, ms } from '@sluice/core/authoring'
import { Decoupled, type TimeOptions } from './decoupled'

const THROTTLE_FIRST = /* @__PURE__ */ declare('throttleFirst', () => ({ args: { windowMs: ms() } }), { drops: 'surplus', holds: 2 })

/**
 * Hands on a value at once, then drops the others for a while. RxJS calls it `throttleTime`.
 *
 * - **emits** a value that comes when `windowMs` have passed since the one before it that passed
 * - **holds back** never: it keeps consuming the source, and drops what is not handed on, counted
 * - **completes** when the source completes
 * - **buffers** at most one value: one that passed and is not taken yet, whose place the next such one takes
 * - **on failure** of the source, the value that passed comes out first
 * - **on abort** what is held is given up, and its ticket given back; it holds no timer
 *
 * ```marble
 * in:                a-b-c---d-e-|
 * throttleFirst(3 -): a---c---d---|
 *
 * in:                a-b|
 * throttleFirst(3 -): a--|
 *
 * in:                a-X
 * throttleFirst(3 -): a-X
 * ```
 *
 * @param windowMs in ms, 0 or more.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(['click', 'click', 'click']).pipe(throttleFirst(500)).to(toArray()).run() // ['click']
 * ```
 */
export function throttleFirst<A>(windowMs: number, options?: TimeOptions): Operator<A, A> {
  const given = THROTTLE_FIRST.read(options, { windowMs })
  return described(THROTTLE_FIRST, { ...given, windowMs }, asyncOperator<A, A>(given.name, (upstream, stage) => {
    let shutUntil = -Infinity
    return new Decoupled(upstream, stage, {
      came: (now) => (now < shutUntil ? undefined : now),
      went: (now) => { shutUntil = now + windowMs },
    })
  }))
}
