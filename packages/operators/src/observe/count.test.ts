import { expect, it } from 'vitest'
import { drain, range } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { count } from './count'

underLaw('count', { 'a function': { make: () => count(() => {}), reference: (values) => [...values] } })

it('is told the number after every so many values', async () => {
  const seen: number[] = []
  await range(0, 1000).pipe(count((n) => seen.push(n), { every: 300 })).to(drain()).run()
  expect(seen).toEqual([300, 600, 900])
})

it('O13: refuses what cannot be counted', () => {
  expect(() => count(1 as never)).toThrow('count: look must be a function')
  expect(() => count(() => {}, { every: 0 })).toThrow('count: every must be a whole number of at least 1, got 0')
})
