import { underLaw } from '../../test/under-law'
import { take } from './take'

underLaw('take', {
  4: { make: () => take(4), reference: (values) => values.slice(0, 4), ends: (values) => values.length >= 4 },
  0: { make: () => take(0), reference: () => [], ends: () => true },
})
