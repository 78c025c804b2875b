import { underLaw } from '../../test/under-law'
import { pairwise } from './pairwise'

underLaw('pairwise', {
  '': { make: () => pairwise(), reference: (values) => values.slice(1).map((value, index) => [values[index], value]) },
})
