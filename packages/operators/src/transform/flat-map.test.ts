import { even, underLaw } from '../../test/under-law'
import { flatMap } from './flat-map'

underLaw('flatMap', {
  'arrays and sets': {
    make: () => flatMap((value) => (even(value) ? [value, value, value] : new Set([value]))),
    reference: (values) => values.flatMap((value) => (even(value) ? [value, value, value] : [value])),
    withProbe: (probe) => flatMap((value) => { probe(value); return even(value) ? [value, value, value] : [value] }),
  },
})
