import { underLaw } from '../../test/under-law'
import { startWith } from './start-with'

underLaw('startWith', {
  'two values': { make: () => startWith<unknown>('a', 'b'), reference: (values) => ['a', 'b', ...values] },
  'nothing': { make: () => startWith(), reference: (values) => [...values] },
})
