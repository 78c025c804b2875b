import { underLaw } from '../../test/under-law'
import { map } from './map'

underLaw('map', {
  'value => [value]': {
    make: () => map((value) => [value]),
    reference: (values) => values.map((value) => [value]),
    withProbe: (probe) => map((value) => { probe(value); return [value] }),
  },
})
