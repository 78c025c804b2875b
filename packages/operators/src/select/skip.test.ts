import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { skip } from './skip'

underLaw('skip', {
  3: { make: () => skip(3), reference: (values) => values.slice(3) },
  0: { make: () => skip(0), reference: (values) => [...values] },
  400: { make: () => skip(400), reference: (values) => values.slice(400) },
})

it('O13: refuses what is no number', () => {
  expect(() => skip(-1)).toThrow('skip: count must be a whole number of at least 0, got -1')
})
