import { underLaw } from '../../test/under-law'
import { defaultIfEmpty } from './default-if-empty'

underLaw('defaultIfEmpty', {
  'a word': {
    make: () => defaultIfEmpty<unknown>('none'),
    reference: (values) => (values.length > 0 ? [...values] : ['none']),
    uponFailure: (values) => [...values],
  },
})
