import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { find } from './find'

const three = (value: unknown): boolean => value === 3

underLaw('find', {
  'three': { make: () => find(three), reference: (values) => [values.find(three)], ends: (values) => values.some(three), uponFailure: () => [] },
  'nothing': { make: () => find(() => false), reference: () => [undefined], uponFailure: () => [], withProbe: (probe) => find((value) => { probe(value) }) },
})

it('O13: refuses what is no function', () => {
  expect(() => find(3 as never)).toThrow('find: test must be a function that answers at once, and no promise, got 3')
})
