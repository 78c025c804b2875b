import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { some } from './some'

const large = (value: unknown): boolean => Number(value) > 3

underLaw('some', {
  'large': { make: () => some(large), reference: (values) => [values.some(large)], ends: (values) => values.some(large), uponFailure: () => [] },
  'nothing': { make: () => some(() => false), reference: () => [false], uponFailure: () => [], withProbe: (probe) => some((value) => { probe(value) }) },
})

it('O13: refuses what is no function', () => {
  expect(() => some(3 as never)).toThrow('some: test must be a function that answers at once, and no promise, got 3')
})
