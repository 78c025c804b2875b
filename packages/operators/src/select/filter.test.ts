import { even, underLaw } from '../../test/under-law'
import { filter } from './filter'

underLaw('filter', {
  even: {
    make: () => filter(even),
    reference: (values) => values.filter(even),
    withProbe: (probe) => filter((value) => { probe(value); return even(value) }),
  },
})
