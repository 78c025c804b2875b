import { filtering, mapping } from './kit/per-value'
import { sink } from './kit/sink'
import { standStill } from './kit/stand-still'
import { rehearse } from './run/rehearse'
import { count } from './sink/count'
import { reduce } from './sink/reduce'
import { toArray } from './sink/to-array'
import { from } from './source/from'

/** So many values are enough for a compiler to take notes of the calls that it has seen. */
const VALUES = 64

/**
 * A chain of steps. Loops are told apart by the text of the function that they call: no user writes these, or the loop of that user
 * would have seen two functions, and would call what it could have inlined (ten maps: 15 ns a value, and 50 so).
 */
const steps = () => {
  const numbers = from(Array.from({ length: VALUES }, (_, i) => i))
  return mapping<number, number>('map', () => (rehearsed) => rehearsed + 1)(filtering<number>('filter', () => (rehearsed) => rehearsed % 2 === 0)(numbers))
}

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
  const nowhere = sink<number, void>('drain', () => ({ write() {}, end() {} }))
  return [
    // First, for it goes on by itself.
    from(countUp()).to(count()),
    steps().pipe(standStill(VALUES / 4)).to(nowhere),
    steps().to(nowhere),
    steps().to(reduce((rehearsed, step) => rehearsed + step, 0)),
    steps().to(toArray()),
  ]
})

async function* countUp(): AsyncGenerator<number> {
  for (let i = 0; i < 8; i++) yield i
  await new Promise<never>(() => {})
}
