import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn } from '@sluice/core/authoring'
import { conflating } from './conflation'

const CONFLATE_WITH_SEED = /* @__PURE__ */ declare('conflateWithSeed', () => ({ args: { seed: fn, combine: fn }, options: { onError: decision } }), { holds: 1 })

/**
 * As `conflate`, where what is made of several values is of another kind than they: statistics, a map by key.
 *
 * - **emits** `seed(value)` for each value while downstream keeps up; else, when downstream is ready again, what
 *   `combine` made of that and of the values that came meanwhile
 * - **holds back** never: should what is combined grow with the values, see `batchWhileBusy`, which has a bound
 * - **completes** when the source has completed and what was combined is out
 * - **buffers** one combined value; in a tracked run also the tickets of those it was made of
 * - **on failure** of the source or of a function, what was combined so far is handed on first; about the functions
 *   decides `onError`
 * - **on abort** what was combined is given up
 *
 * ```marble
 * in    a-b-c-d-----|
 *       conflateWithSeed(() => 1, (n) => n + 1)
 * out   1-----3-----|
 * ```
 *
 * @param seed makes the first one of a value.
 * @param combine adds a value to it; it may change and answer the same object.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const latestOfEach = conflateWithSeed(
 *   ([symbol, price]: [string, number]) => new Map([[symbol, price]]),
 *   (prices, [symbol, price]) => prices.set(symbol, price),
 * )
 * await from([['A', 1], ['B', 2]] as [string, number][]).pipe(latestOfEach, flatMap((prices) => prices)).to(toArray()).run() // [['A', 1], ['B', 2]]
 * ```
 */
export function conflateWithSeed<A, B>(
  seed: (value: A) => B,
  combine: (soFar: B, value: A) => B,
  options?: StageOptions<A>,
): Operator<A, B> {
  const given = CONFLATE_WITH_SEED.read(options, { seed, combine })
  return described(CONFLATE_WITH_SEED, given, conflating(given.name, seed, combine, given))
}
