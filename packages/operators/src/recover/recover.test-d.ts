import { expectTypeOf, it } from 'vitest'
import { drain, from, type Source } from '@sluice/core'
import {
  catchError, circuitBreaker, deadLetterItem, fallback, map, onErrorResume, restart, retrySource, retryItem, supervise,
} from '../index'

const numbers = from([1])
const text = map((n: number) => String(n))

it('infers what comes out', () => {
  expectTypeOf(numbers.pipe(retrySource({ times: 1, delayMs: 0 }), restart({ delayMs: 1, maxDelayMs: 1 }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(catchError(() => ['a']))).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(numbers.pipe(fallback(['a']))).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(numbers.pipe(onErrorResume([['a']]))).toEqualTypeOf<Source<number | string>>()
  expectTypeOf(numbers.pipe(supervise(text, 'skip'))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(retryItem(text, { times: 1 }))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(deadLetterItem(text, drain()))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(circuitBreaker(text, { circuit: { failures: 1, resetMs: 1 } }))).toEqualTypeOf<Source<string>>()
})
