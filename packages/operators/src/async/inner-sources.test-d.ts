import { expectTypeOf, it } from 'vitest'
import { from, range, type Source } from '@sluice/core'
import { concatMap, exhaustMap, mergeMap, switchMap } from '../index'

const numbers = from([1])

it('infers what the inner sources give, whatever they are', () => {
  expectTypeOf(numbers.pipe(concatMap((n) => [String(n)]))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(concatMap((n) => range(n)))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(mergeMap(async function* (n) { yield { n } }, { concurrency: 2 }))).toEqualTypeOf<Source<{ n: number }>>()
  expectTypeOf(numbers.pipe(switchMap(async (n) => n > 1))).toEqualTypeOf<Source<boolean>>()
  expectTypeOf(numbers.pipe(exhaustMap((n) => new Set([n])))).toEqualTypeOf<Source<number>>()
})

it('gives the function the value and its context', () => {
  numbers.pipe(switchMap((n, { signal, attempt }) => {
    expectTypeOf(n).toBeNumber()
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(attempt).toBeNumber()
    return [n]
  }))
  numbers.pipe(concatMap((n) => [n], { onError: (error, item, attempt) => {
    expectTypeOf(item).toBeNumber()
    expectTypeOf(error).toBeUnknown()
    return attempt < 3 ? { retryAfterMs: 10 } : 'skip'
  } }))
})

it('refuses what cannot work', () => {
  // @ts-expect-error: concurrency has no default
  mergeMap((n: number) => [n], {})
  // @ts-expect-error: concurrency has no default
  mergeMap((n: number) => [n])
  // @ts-expect-error: a number is no source
  concatMap((n: number) => n)
})
