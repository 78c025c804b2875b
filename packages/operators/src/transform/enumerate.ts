import { type Operator } from '@sluice/core'
import { coded, mapping, wholeNumber } from '@sluice/core/authoring'

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
 * @throws OptionError where `start` is no whole number.
 *
 * @example
 * ```ts
 * await from(['a', 'b']).pipe(enumerate()).to(toArray()).run() // [[0, 'a'], [1, 'b']]
 * ```
 */
export function enumerate<A>(start = 0): Operator<A, [index: number, value: A]> {
  wholeNumber('enumerate', 'start', start, 0)
  return mapping<A, [number, A]>('enumerate', (stage) => {
    let index = start
    return (value) => {
      if (index > Number.MAX_SAFE_INTEGER) throw coded('SLUICE_RANGE', new RangeError(`${stage.name}: the next number would be beyond 2^53 - 1`))
      return [index++, value]
    }
  })
}
