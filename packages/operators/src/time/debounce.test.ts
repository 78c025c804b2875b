import { expect, it } from 'vitest'
import { OptionError } from '@sluice/core'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { debounce } from './debounce'

underLaw('debounce', {
  20: { make: () => debounce(20), reference: (values) => values.slice(-1), timed: true },
})

it('hands on the last value of each burst, once it was quiet', async () => {
  expect(await seen([[0, 1], [5, 2], [24, 3], [60, 4]], 100, debounce(20))).toEqual([[44, 3], [80, 4]])
})

it('a value that comes just when it has been quiet for long enough does not take the place of the one before', async () => {
  expect(await seen([[0, 1], [20, 2]], 100, debounce(20))).toEqual([[20, 1], [40, 2]])
})

it('hands on the value held at once when the source ends', async () => {
  expect(await seen([[0, 1], [5, 2]], 6, debounce(20))).toEqual([[6, 2]])
})

it('0 ms lets every value pass that is taken in time', async () => {
  expect(await seen([[0, 1], [5, 2]], 6, debounce(0))).toEqual([[0, 1], [5, 2]])
})

it('O13: refuses a time that is none', () => {
  expect(() => debounce(-1)).toThrow(OptionError)
  expect(() => debounce('1s' as never)).toThrow('debounce: quietMs must be a finite number of at least 0, got "1s"')
})
