import { expect, it } from 'vitest'
import { drain, range } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { countValues } from './count-values'

underLaw('countValues', { 'a function': { make: () => countValues(() => {}), reference: (values) => [...values] } })

it('is told the number after every so many values', async () => {
  const seen: number[] = []
  await range(0, 1000).pipe(countValues((n) => seen.push(n), { every: 300 })).to(drain()).run()
  expect(seen).toEqual([300, 600, 900])
})

it('O13: refuses what cannot be counted', () => {
  expect(() => countValues(1 as never)).toThrow('countValues: look must be a function')
  expect(() => countValues(() => {}, { every: 0 })).toThrow('countValues: every must be a whole number of at least 1, got 0')
})
