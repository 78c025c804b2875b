import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, ms } from '@sluice/core/authoring'
import { Decoupled, type TimeOptions } from './decoupled'

const DEBOUNCE = /* @__PURE__ */ declare('debounce', () => ({ args: { quietMs: ms() } }), { drops: 'surplus', holds: 2 })

/**
 * Hands on a value once no other has come for a while: the last one of each burst.
 *
 * - **emits** a value when `quietMs` have passed since it came and none came after it
 * - **holds back** never: it keeps consuming the source, and drops what is not handed on, counted
 * - **completes** when the source completes; the value held comes out at once
 * - **buffers** at most two values: the latest one, and one that was quiet for long enough and is not taken yet, whose
 *   place the next such one takes
 * - **on failure** of the source, the value held comes out first
 * - **on abort** what is held is given up, and its ticket given back; one timer at most, and none while nothing is held
 *
 * ```marble
 * in:            a-b-c-----d-----|
 * debounce(3 -): -------c-----d--|
 *
 * in:            a-b-|
 * debounce(3 -): ----b|
 *
 * in:            a-b-X
 * debounce(3 -): ----bX
 * ```
 *
 * @param quietMs in ms, 0 or more.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(['s', 'sl', 'slu']).pipe(debounce(300)).to(toArray()).run() // ['slu']
 * ```
 */
export function debounce<A>(quietMs: number, options?: TimeOptions): Operator<A, A> {
  const given = DEBOUNCE.read(options, { quietMs })
  return described(DEBOUNCE, { ...given, quietMs }, asyncOperator<A, A>(given.name, (upstream, stage) =>
    new Decoupled(upstream, stage, { came: (now) => now + quietMs })))
}
