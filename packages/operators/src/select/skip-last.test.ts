import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { skipLast } from './skip-last'

const butLast = (count: number) => (values: readonly unknown[]) => values.slice(0, Math.max(0, values.length - count))

underLaw('skipLast', {
  3: { make: () => skipLast(3), reference: butLast(3) },
  0: { make: () => skipLast(0), reference: butLast(0) },
})

it('O13: refuses what is no number', () => {
  expect(() => skipLast(1.5)).toThrow('skipLast: count must be a whole number of at least 0, got 1.5')
})
