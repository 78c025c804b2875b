import { underLaw } from '../../test/under-law'
import { endWith } from './end-with'

underLaw('endWith', {
  'two values': {
    make: () => endWith<unknown>('a', 'b'),
    reference: (values) => [...values, 'a', 'b'],
    uponFailure: (values) => [...values],
  },
  'nothing': { make: () => endWith(), reference: (values) => [...values] },
})
