import { expect, it } from 'vitest'
import { OptionError } from '@sluice/core'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { throttleLast } from './throttle-last'

underLaw('throttleLast', {
  20: { make: () => throttleLast(20), reference: (values) => values.slice(-1), timed: true },
})

it('hands on the last value of each window, and windows follow each other', async () => {
  expect(await seen([[0, 1], [15, 2], [30, 3], [90, 4]], 200, throttleLast(20))).toEqual([[20, 2], [40, 3], [110, 4]])
})

it('hands on the value held at once when the source ends', async () => {
  expect(await seen([[0, 1], [5, 2]], 6, throttleLast(20))).toEqual([[6, 2]])
})

it('O13: refuses a time that is none', () => {
  expect(() => throttleLast(-1)).toThrow(OptionError)
  expect(() => throttleLast('1s' as never)).toThrow('throttleLast: windowMs must be a finite number of at least 0, got "1s"')
})
