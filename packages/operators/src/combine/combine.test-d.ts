import { expectTypeOf, it } from 'vitest'
import { from, type Source } from '@sluice/core'
import { combineLatest, concat, interleave, merge, MergeHub, mergePriority, mergeSorted, race, withLatestFrom, zip, zipLongest } from '../index'

const numbers = from([1])
const words = from(['a'])

it('unites the types of sources that come as one', () => {
  expectTypeOf(numbers.pipe(concat(words))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(concat())).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(merge(words))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(race(words, Promise.resolve('b')))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(interleave(['a'], new Set(['b'])))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(mergePriority([words], { weights: [3, 1] }))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(mergePriority([], { strict: true }))).toEqualTypeOf<Source<number>>()
})

it('makes tuples of sources that are put together', () => {
  expectTypeOf(numbers.pipe(zip(words, [true]))).toEqualTypeOf<Source<[number, string, boolean]>>()
  expectTypeOf(numbers.pipe(zip())).toEqualTypeOf<Source<[number]>>()
  expectTypeOf(numbers.pipe(combineLatest(words, Promise.resolve(new Date())))).toEqualTypeOf<Source<[number, string, Date]>>()
  expectTypeOf(numbers.pipe(withLatestFrom(words))).toEqualTypeOf<Source<[number, string]>>()
  expectTypeOf(numbers.pipe(zipLongest([words, [true]]))).toEqualTypeOf<
    Source<[number | undefined, string | undefined, boolean | undefined]>
  >()
  expectTypeOf(numbers.pipe(zipLongest([words], { fill: null }))).toEqualTypeOf<Source<[number | null, string | null]>>()
})

it('gives compare what it compares', () => {
  const sorted = from([{ at: 1 }]).pipe(mergeSorted([[{ at: 2 }], from([{ at: 3 }])], (a, b) => {
    expectTypeOf(a).toEqualTypeOf<{ at: number }>()
    return a.at - b.at
  }))
  expectTypeOf(sorted).toEqualTypeOf<Source<{ at: number }>>()
})

it('refuses what cannot work', () => {
  // @ts-expect-error: a number is no source
  zip(5)
  // @ts-expect-error: one way or the other
  mergePriority([[1]], {})
  // @ts-expect-error: not both ways
  mergePriority([[1]], { strict: true, weights: [1, 1] })
  // @ts-expect-error: weights or strict has to be said
  mergePriority([[1]])
})

it('a hub takes sources of its type', () => {
  const hub = new MergeHub<number | string>()
  expectTypeOf(hub.source).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(hub.attach(words).done).toEqualTypeOf<Promise<void>>()
  // @ts-expect-error: of another type
  hub.attach([true])
})
