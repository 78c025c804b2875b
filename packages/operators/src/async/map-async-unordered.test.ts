import { later, underLaw } from '../../test/under-law'
import { mapAsyncUnordered } from './map-async-unordered'

underLaw('mapAsyncUnordered', {
  'concurrency 4': {
    make: () => mapAsyncUnordered(later, { concurrency: 4 }), reference: (values) => [...values], ordered: false, ahead: 8,
    withProbe: (probe) => mapAsyncUnordered(async (value) => { probe(await later(value)); return value }, { concurrency: 4 }),
  },
})
