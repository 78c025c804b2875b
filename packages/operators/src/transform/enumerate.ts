import { mapping, wholeNumber, type Operator } from '@sluice/core'

/**
 * Numbers the values.
 *
 * - **emits** `[index, value]` for each value
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails
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
  return mapping<A, [number, A]>('enumerate', () => {
    let index = start
    return (value) => [index++, value]
  })
}
