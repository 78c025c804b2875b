import { underLaw } from '../../test/under-law'
import { merge } from './merge'

underLaw('merge', {
  'nothing': { make: () => merge(), reference: (values) => [...values] },
  'an empty source': { make: () => merge([]), reference: (values) => [...values] },
  'another source': { make: () => merge(['a', 'b']), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2 },
})
