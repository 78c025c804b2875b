import { expectTypeOf, it } from 'vitest'
import { from, type Source } from '@sluice/core'
import { dematerialize, endWith, enumerate, mapStateful, materialize, pairwise, scan, startWith, type Notification } from '../index'

const numbers = from([1, 2])

it('infers what comes out', () => {
  expectTypeOf(numbers.pipe(scan((text, n) => text + String(n), ''))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(enumerate())).toEqualTypeOf<Source<[index: number, value: number]>>()
  expectTypeOf(numbers.pipe(pairwise())).toEqualTypeOf<Source<[previous: number, current: number]>>()
  expectTypeOf(numbers.pipe(mapStateful(() => 0, (sum, n) => [sum + n, String(n)]))).toEqualTypeOf<Source<string>>()
  expectTypeOf(numbers.pipe(startWith('a'))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(endWith('a'))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(numbers.pipe(materialize())).toEqualTypeOf<Source<Notification<number>>>()
  expectTypeOf(numbers.pipe(materialize(), dematerialize())).toEqualTypeOf<Source<number>>()
})

it('refuses what cannot work', () => {
  // @ts-expect-error: a number is no notification
  numbers.pipe(dematerialize())
})
