import { expectTypeOf, it } from 'vitest'
import { from, Limit, type Source } from '@sluice/core'
import { filterAsync, mapAsync, mapAsyncKeyed, mapAsyncUnordered, tapAsync } from '../index'

it('infers what goes through the asynchronous operators', () => {
  const source = from(['a', 'b'])
  expectTypeOf(source.pipe(mapAsync(async (text) => text.length, { concurrency: 1 }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(source.pipe(mapAsyncUnordered((text) => text.length, { concurrency: 1 }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(source.pipe(filterAsync(async (text) => text !== '', { concurrency: 1 }))).toEqualTypeOf<Source<string>>()
  expectTypeOf(source.pipe(tapAsync(async (text, { signal }) => [text, signal], { concurrency: 1 }))).toEqualTypeOf<Source<string>>()
})

it('gives the function of mapAsyncKeyed the key it stands under', () => {
  const source = from([{ user: 'ann', no: 1 }])
  const booked = source.pipe(mapAsyncKeyed(({ user }) => user, async ({ no }, { key, signal }) => {
    expectTypeOf(key).toEqualTypeOf<string>()
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    return no
  }, { concurrency: 2, order: 'ordered' }))
  expectTypeOf(booked).toEqualTypeOf<Source<number>>()
  // @ts-expect-error: no such order
  mapAsyncKeyed((n: number) => n, (n) => n, { concurrency: 1, order: 'random' })
})

it('takes a figure, or figures to adapt between, and a limit', () => {
  const limit = new Limit({ concurrency: 2 })
  from([1]).pipe(mapAsync((n) => n, { concurrency: { min: 1, max: 4, targetMs: 100 }, limit, maxReorder: 2 }))
  // @ts-expect-error: targetMs is what it adapts to
  mapAsync((n: number) => n, { concurrency: { max: 4 } })
  // @ts-expect-error: concurrency has no default
  filterAsync((n: number) => n > 1, {})
})
