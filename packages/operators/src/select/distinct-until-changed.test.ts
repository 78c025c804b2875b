import { expect, it } from 'vitest'
import { underLaw } from '../../test/under-law'
import { distinctUntilChanged } from './distinct-until-changed'

const tens = (value: unknown): number => Math.floor(Number(value) / 10)

underLaw('distinctUntilChanged', {
  '': { make: () => distinctUntilChanged(), reference: (values) => values.filter((value, index) => index === 0 || !Object.is(values[index - 1], value)) },
  'by tens': {
    make: () => distinctUntilChanged((a, b) => tens(a) === tens(b)),
    reference: (values) => {
      const kept: unknown[] = []
      for (const value of values) if (kept.length === 0 || tens(kept.at(-1)) !== tens(value)) kept.push(value)
      return kept
    },
  },
})

it('O13: refuses what is no function', () => {
  expect(() => distinctUntilChanged('id' as never)).toThrow('distinctUntilChanged: same must be a function that answers at once, and no promise, got "id"')
})
