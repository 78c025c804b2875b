import { expectTypeOf, it } from 'vitest'
import { from, type Source } from '@sluice/core'
import {
  defaultIfEmpty, distinct, distinctUntilChanged, elementAt, every, find, ignoreElements, skip, skipLast, skipUntil, skipWhile,
  some, takeLast, takeUntil, takeWhile, throwIfEmpty,
} from '../index'

const numbers = from([1, 2])
const mixed = from<string | number>([1, 'a'])
const isText = (value: string | number): value is string => typeof value === 'string'

it('hands the type of the values on', () => {
  expectTypeOf(numbers.pipe(distinct({ maxKeys: 5, key: (n) => n.toFixed() }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(distinctUntilChanged((a, b) => a.toFixed() === b.toFixed()))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(skip(1), skipLast(1), skipWhile((n) => n < 2), skipUntil(numbers))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(takeLast(1), takeUntil(AbortSignal.abort()), takeWhile((n) => n < 2))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(throwIfEmpty())).toEqualTypeOf<Source<number>>()
})

it('narrows by type guards, widens by what comes instead', () => {
  expectTypeOf(mixed.pipe(takeWhile(isText))).toEqualTypeOf<Source<string>>()
  expectTypeOf(mixed.pipe(find(isText))).toEqualTypeOf<Source<string | undefined>>()
  expectTypeOf(numbers.pipe(find((n) => n > 1))).toEqualTypeOf<Source<number | undefined>>()
  expectTypeOf(numbers.pipe(elementAt(1))).toEqualTypeOf<Source<number>>()
  expectTypeOf(numbers.pipe(elementAt(1, { otherwise: 'none' }))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(defaultIfEmpty('none'))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(every((n) => n > 1))).toEqualTypeOf<Source<boolean>>()
  expectTypeOf(numbers.pipe(some((n) => n > 1))).toEqualTypeOf<Source<boolean>>()
  expectTypeOf(numbers.pipe(ignoreElements())).toEqualTypeOf<Source<never>>()
})

it('refuses what cannot work', () => {
  // @ts-expect-error: what is remembered has to be bounded
  numbers.pipe(distinct())
  // @ts-expect-error: a number cannot tell when
  numbers.pipe(takeUntil(5))
})
