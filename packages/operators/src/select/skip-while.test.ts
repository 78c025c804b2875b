import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { skipWhile } from './skip-while'

const small = (value: unknown): boolean => !(Number(value) > 3)

underLaw('skipWhile', {
  'small': {
    make: () => skipWhile(small),
    reference: (values) => {
      const index = values.findIndex((value) => !small(value))
      return index < 0 ? [] : values.slice(index)
    },
  },
  'all': { make: () => skipWhile(() => true), reference: () => [], withProbe: (probe) => skipWhile((value) => { probe(value); return true }) },
})

it('O13: refuses what is no function', () => {
  expect(() => skipWhile(null as never)).toThrow('skipWhile: test must be a function')
})
