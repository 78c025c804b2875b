import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, mapping } from '@sluice/core/authoring'

const SCAN = /* @__PURE__ */ declare('scan', () => ({ args: { accumulate: fn }, options: { onError: decision } }), {})

/**
 * Keeps a running state and emits it after each value.
 *
 * - **emits** the new state for each value, one for one
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** the state
 * - **on failure** of `accumulate` as `onError` says; a skipped value leaves the state as it was, and `'restart'` begins with the seed
 * - **on abort** nothing is in flight
 *
 * The seed is shared by all runs: give a value that `accumulate` does not change. For a state that is made for
 * each run, and for a last word at the end, see `mapStateful`; for the final state alone, the sink `reduce`.
 *
 * ```marble
 * in    -1-2-3-|
 *       scan((sum, n) => sum + n, 0)
 * out   -1-3-6-|
 * ```
 *
 * @param accumulate gets the state and the value, answers the next state.
 * @param seed the state before the first value.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).pipe(scan((sum, n) => sum + n, 0)).to(toArray()).run() // [1, 3, 6]
 * ```
 */
export function scan<A, S>(accumulate: (state: S, value: A) => S, seed: S, options?: StageOptions<A>): Operator<A, S> {
  const given = SCAN.read(options, { accumulate })
  return described(SCAN, given, mapping<A, S>(
    given.name,
    () => {
      let state = seed
      return (value) => (state = accumulate(state, value))
    },
    given,
  ))
}
