import { expectTypeOf, it } from 'vitest'
import { from, Limit, type Source } from '@sluice/core'
import { AdaptiveRate, buffer, Gate, pauseWhen, rateLimit, throttle } from '../index'

it('a buffer weighs values of its type', () => {
  const weighed = from(['a']).pipe(buffer(5, { maxWeight: 10, weigh: (value) => { expectTypeOf(value).toBeString(); return value.length } }))
  expectTypeOf(weighed).toEqualTypeOf<Source<string>>()
})

it('pacing hands on values of the same type', () => {
  expectTypeOf(from(['a']).pipe(pauseWhen(new Gate()))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).pipe(pauseWhen(from([true])))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).pipe(throttle({ rate: 5 }))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).pipe(rateLimit({ rate: 5, key: (value) => { expectTypeOf(value).toBeString(); return value } }))).toEqualTypeOf<Source<string>>()
  from(['a']).pipe(throttle({
    rate: 5,
    cost: (value) => { expectTypeOf(value).toBeString(); return value.length },
    key: (value) => { expectTypeOf(value).toBeString(); return value },
  }))
})

it('an adaptive rate answers what its work does', () => {
  const adaptive = new AdaptiveRate({ limit: new Limit({ concurrency: 1 }), max: 2 })
  expectTypeOf(adaptive.run(() => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(adaptive.run(async () => 'a')).toEqualTypeOf<Promise<string>>()
})

it('refuses what cannot work', () => {
  // @ts-expect-error: no such mode
  throttle({ rate: 1, mode: 'drop' })
  // @ts-expect-error: a signal says true or false
  pauseWhen(from(['yes']))
})
