import { count } from '../sink/count'
import { fromAsyncIterable } from '../source/from-async-iterable'

/*
 * Source and sink of all rehearsals. Each other kind would be one more that the loops of the engine have seen, and a compiler
 * inlines four: with five different ones `map-async` took 7 % longer.
 */

/** So many numbers, from `values` down to 1, then neither values nor an end. */
export function numbers(values: number) {
  return fromAsyncIterable(countDown(values), 'from')
}

export const nowhere = /* @__PURE__ */ count()

async function* countDown(values: number): AsyncGenerator<number> {
  for (let left = values; left > 0; left--) yield left
  await new Promise<never>(() => {})
}
