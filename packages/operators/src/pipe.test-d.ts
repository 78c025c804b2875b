import { expectTypeOf, it } from 'vitest'
import { from, toArray, type Run, type Source } from '@sluice/core'
import { batch, buffer, filter, flatMap, map, mapAsync, mapAsyncUnordered, mergeWith, take, tap } from './index'

it('infers types through pipe, end to end', () => {
  const source = from(['1', '2']).pipe(
    map((text) => Number(text)),
    filter((n) => n > 0),
    mapAsync(async (n, { signal, attempt }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      expectTypeOf(attempt).toBeNumber()
      return { n }
    }, { concurrency: 2 }),
    tap(({ n }) => n),
    flatMap(({ n }) => [n, String(n)]),
    mapAsyncUnordered(async (value) => value, { concurrency: 2 }),
    buffer(2),
    batch(2),
  )
  expectTypeOf(source).toEqualTypeOf<Source<(string | number)[]>>()
  expectTypeOf(source.to(toArray()).run()).toEqualTypeOf<Run<(string | number)[][]>>()
})

it('infers through twenty operators', () => {
  const id = <T>() => map((value: T) => value)
  const n = map((value: number) => value)
  const source = from([1]).pipe(n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, map((value) => String(value)))
  expectTypeOf(source).toEqualTypeOf<Source<string>>()
  expectTypeOf(id<number>()).toBeFunction()
})

it('narrows by a type guard, widens by merge', () => {
  const mixed = from<string | number>(['a', 1])
  expectTypeOf(mixed.pipe(filter((value): value is string => typeof value === 'string'))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from([1]).pipe(mergeWith(from(['a'])))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(from([1]).pipe(take(1))).toEqualTypeOf<Source<number>>()
})

it('refuses what cannot work', () => {
  // @ts-expect-error: concurrency has no default
  mapAsync(async (value: number) => value, {})
  // @ts-expect-error: a string is no number
  from(['a']).pipe(map((n: number) => n))
  // @ts-expect-error: no such policy
  map((n: number) => n, { onError: 'ignore' })
})
