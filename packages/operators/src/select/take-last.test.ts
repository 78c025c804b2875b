import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { takeLast } from './take-last'

underLaw('takeLast', {
  3: { make: () => takeLast(3), reference: (values) => values.slice(-3), uponFailure: () => [] },
  0: { make: () => takeLast(0), reference: () => [] },
  500: { make: () => takeLast(500), reference: (values) => values.slice(-500), uponFailure: () => [] },
})

it('O13: refuses what is no number', () => {
  expect(() => takeLast(Number.NaN)).toThrow('takeLast: count must be a whole number of at least 0, got NaN')
})
