import { expectTypeOf, it } from 'vitest'
import { from, interval, type Source } from '@sluice/core'
import {
  auditTime, debounce, delay, sample, throttleFirst, throttleLast, timeout, timestamp, type TimeoutKind, type Timestamped,
} from '../index'

it('operators that let go of values hand on values of the same type', () => {
  expectTypeOf(from([1]).pipe(auditTime(10))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from([1]).pipe(debounce(10, { name: 'quiet' }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from(['a']).pipe(sample(10, { emitLast: true }))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).pipe(sample(interval(10)))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from([1]).pipe(throttleFirst(10))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from([1]).pipe(throttleLast(10))).toEqualTypeOf<Source<number>>()
})

it('delay, timestamp and timeout say what they hand on', () => {
  expectTypeOf(from([1]).pipe(delay(10, { capacity: 5 }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from(['a']).pipe(timestamp())).toEqualTypeOf<Source<Timestamped<string>>>()
  expectTypeOf(from(['a']).pipe(timeout({ idleMs: 10 }))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).pipe(timeout({ idleMs: 10, onTimeout: () => [1] }))).toEqualTypeOf<Source<string | number>>()
  timeout({
    totalMs: 10,
    onTimeout: (which) => { expectTypeOf(which).toEqualTypeOf<TimeoutKind>() },
  })
})

it('refuses what cannot work', () => {
  // @ts-expect-error: a time is a number
  debounce('1s')
  // @ts-expect-error: neither a period nor a source
  sample({})
})
