import type { Source } from '../contract/source'
import { filtering, mapping } from '../kit/per-value'
import { reduce } from '../sink/reduce'
import { toArray } from '../sink/to-array'
import { ArrayPuller } from '../source/from-iterable'
import { from } from '../source/from'
import { keep, rehearse } from './rehearse'
import { nowhere, numbers } from './resting'

/** So many values are enough for a compiler to take notes of the calls that it has seen. */
const VALUES = 64

/** These intakes look at neither their run nor their stage before they are given something. */
const NOWHERE = [undefined as never, undefined as never] as const

/**
 * A chain of steps. Loops are told apart by the text of the function that they call: no user writes these, or the loop of that user
 * would have seen two functions, and would call what it could have inlined (ten maps: 15 ns a value, and 50 so).
 */
const steps = (source: Source<number>): Source<number> =>
  source.pipe(mapping('map', () => (rehearsed: number) => rehearsed + 1), filtering('filter', () => (rehearsed: number) => rehearsed % 2 === 0))

/**
 * How many runs of the library's own took place when the package was imported: see `Rehearsal`. The first run of a user finds
 * the engine compiled (sync chain of 1,000 values: 2.4 ms without, 0.6 with it; the import takes 2.5 ms longer), and what it is
 * made of stays compiled.
 *
 * Bundlers leave the rehearsal out, for nobody reads this. A bundled program that runs for long imports it and reads it once.
 *
 * @example
 * ```ts
 * import { rehearsed } from '@sluice/core/authoring'
 *
 * console.log(`${rehearsed} pipelines were rehearsed`)
 * ```
 */
export const rehearsed: number = /* @__PURE__ */ rehearse(() => {
  // An array ends, so none would be left of what reads it. Of other sinks one is enough that takes nothing: what writes to them
  // is to have seen few kinds.
  keep(new ArrayPuller<number>([]))
  for (const other of [toArray(), reduce((rehearsed: number, step: number) => rehearsed + step, 0)]) keep(other.open(...NOWHERE))
  const list = Array.from({ length: VALUES }, (_, i) => i)
  return [steps(numbers(8)).to(nowhere), steps(from(list)).to(nowhere)]
})
