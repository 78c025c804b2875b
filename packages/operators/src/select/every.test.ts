import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { every } from './every'

const small = (value: unknown): boolean => !(Number(value) > 3)

underLaw('every', {
  'small': { make: () => every(small), reference: (values) => [values.every(small)], ends: (values) => !values.every(small), uponFailure: () => [] },
  'anything': { make: () => every(() => true), reference: () => [true], uponFailure: () => [], withProbe: (probe) => every((value) => { probe(value); return true }) },
})

it('O13: refuses what is no function', () => {
  expect(() => every(3 as never)).toThrow('every: test must be a function that answers at once, and no promise, got 3')
})
