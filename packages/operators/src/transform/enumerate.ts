import { type Named, type Operator } from '@sluice/core'
import { coded, declare, described, mapping, whole } from '@sluice/core/authoring'

const ENUMERATE = /* @__PURE__ */ declare('enumerate', () => ({ args: { start: whole(0) } }), {})

/**
 * Numbers the values.
 *
 * - **emits** `[index, value]` for each value
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails; so it does where the number would be beyond 2^53 - 1
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -a-------b-------|
 *       enumerate()
 * out   -[0,'a']-[1,'b']-|
 * ```
 *
 * @param start the first number, 0 or more. Default 0.
 * @param options `name`.
 * @throws OptionError where `start` is no whole number.
 *
 * @example
 * ```ts
 * await from(['a', 'b']).pipe(enumerate()).to(toArray()).run() // [[0, 'a'], [1, 'b']]
 * ```
 */
export function enumerate<A>(start = 0, options?: Named): Operator<A, [index: number, value: A]> {
  const given = ENUMERATE.read(options, { start })
  return described(ENUMERATE, given, mapping<A, [number, A]>(given.name, (stage) => {
    let index = start
    return (value) => {
      if (index > Number.MAX_SAFE_INTEGER) throw coded('SLUICE_RANGE', new RangeError(`${stage.name}: the next number would be beyond 2^53 - 1`))
      return [index++, value]
    }
  }))
}
