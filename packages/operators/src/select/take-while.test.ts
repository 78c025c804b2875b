import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { takeWhile } from './take-while'

const small = (value: unknown): boolean => !(Number(value) > 3)
const upTo = (values: readonly unknown[], more: number): unknown[] => {
  const index = values.findIndex((value) => !small(value))
  return index < 0 ? [...values] : values.slice(0, index + more)
}
const ends = (values: readonly unknown[]): boolean => !values.every(small)

underLaw('takeWhile', {
  'small': { make: () => takeWhile(small), reference: (values) => upTo(values, 0), ends },
  'small, inclusive': { make: () => takeWhile(small, { inclusive: true }), reference: (values) => upTo(values, 1), ends },
  'all': {
    make: () => takeWhile(() => true), reference: (values) => [...values],
    withProbe: (probe) => takeWhile((value) => { probe(value); return true }),
  },
})

it('O6: a value on which the test throws can be left out', async () => {
  const test = (n: number): boolean => {
    if (n === 2) throw new Error('two')
    return n < 4
  }
  expect(await from([1, 2, 3, 4, 5]).pipe(takeWhile(test, { onError: 'skip' })).to(toArray()).run()).toEqual([1, 3])
})

it('O13: refuses what is no function', () => {
  expect(() => takeWhile(3 as never)).toThrow('takeWhile: test must be a function that answers at once, and no promise, got 3')
})
