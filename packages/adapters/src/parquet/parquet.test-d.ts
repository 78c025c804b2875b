import { expectTypeOf, it } from 'vitest'
import type { Source } from '@sluice/core'
import { readParquet } from './index'

interface Flight {
  readonly origin: string
  readonly delay: number
}

it('rows are what they are said to be, cut to the columns that are read', () => {
  expectTypeOf(readParquet('a')).toExtend<Source<Record<string, unknown>>>()
  expectTypeOf(readParquet<Flight>('a')).toEqualTypeOf<Source<Pick<Flight, 'origin' | 'delay'>>>()
  expectTypeOf(readParquet<Flight, 'delay'>('a', { columns: ['delay'] })).toEqualTypeOf<Source<Pick<Flight, 'delay'>>>()
  // @ts-expect-error: a flight has no such column
  readParquet<Flight>('a', { columns: ['gate'] })
})
