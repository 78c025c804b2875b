import { underLaw } from '../../test/under-law'
import { mergeWith } from './merge-with'

underLaw('mergeWith', {
  'nothing': { make: () => mergeWith(), reference: (values) => [...values] },
  'an empty source': { make: () => mergeWith([]), reference: (values) => [...values] },
  'another source': { make: () => mergeWith(['a', 'b']), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2 },
})
