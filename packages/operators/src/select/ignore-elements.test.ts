import { underLaw } from '../../test/under-law'
import { ignoreElements } from './ignore-elements'

underLaw('ignoreElements', { '': { make: () => ignoreElements(), reference: () => [] } })
