import { expectTypeOf, it } from 'vitest'
import { from, range, type Source } from '@sluice/core'
import {
  combineLatest, combineLatestWith, concat, concatWith, interleave, merge, mergeWith, MergeHub, mergePriority, mergeSorted, race, raceWith, withLatestFrom, zip, zipWith,
  zipLongest,
} from '../index'

const numbers = from([1])
const words = from(['a'])

it('unites the types of sources that come as one', () => {
  expectTypeOf(numbers.pipe(concatWith(words))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(concatWith())).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(mergeWith(words))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(raceWith(words, Promise.resolve('b')))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(interleave(['a'], new Set(['b'])))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(mergePriority([words], { weights: [3, 1] }))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(mergePriority([], { strict: true }))).toEqualTypeOf<Source<number>>()
})

it('makes tuples of sources that are put together', () => {
  expectTypeOf(numbers.pipe(zipWith(words, [true]))).toEqualTypeOf<Source<[number, string, boolean]>>()
  expectTypeOf(numbers.pipe(zipWith())).toEqualTypeOf<Source<[number]>>()
  expectTypeOf(numbers.pipe(combineLatestWith(words, Promise.resolve(new Date())))).toEqualTypeOf<Source<[number, string, Date]>>()
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
  zipWith(5)
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

it('sources built of sources have the types of all their inputs', () => {
  expectTypeOf(merge([1], ['a'])).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(concat([1], Promise.resolve('a'))).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(race([1], range(0))).toEqualTypeOf<Source<number>>()
  expectTypeOf(zip(['a'], range(0))).toEqualTypeOf<Source<[string, number]>>()
  expectTypeOf(combineLatest([['a'], range(0)])).toEqualTypeOf<Source<[string, number]>>()
  expectTypeOf(combineLatest({ s: ['a'], n: range(0) })).toEqualTypeOf<Source<{ s: string; n: number }>>()
})
