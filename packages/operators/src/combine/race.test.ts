import { expect, it } from 'vitest'
import { never, toArray, type Pullable } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { race } from './race'

underLaw('race', {
  'the source alone': { make: () => (source) => race(source), reference: (values) => [...values] },
  'sources that never give anything': { make: () => (source) => race(never(), source, never()), reference: (values) => [...values] },
})

it('of nobody is refused: nobody could win', async () => {
  expect(() => race()).toThrow('race: inputs must be one source at least')
  expect(() => race([1], {} as unknown as Pullable<number>)).toThrow('race: inputs[1] must be an iterable')
  expect(await race(never(), ['b'], ['c']).to(toArray()).run()).toEqual(['b'])
})
