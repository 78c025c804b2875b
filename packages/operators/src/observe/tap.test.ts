import { underLaw } from '../../test/under-law'
import { tap } from './tap'

underLaw('tap', {
  'a function': { make: () => tap(() => {}), reference: (values) => [...values], withProbe: (probe) => tap(probe) },
})
