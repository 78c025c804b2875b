import { expect, it } from 'vitest'
import { range, toArray, type Pullable } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { zip } from './zip'

underLaw('zip', {
  'the source alone': { make: () => (source) => zip(source), reference: (values) => values.map((value) => [value]) },
  'an endless source': { make: () => (source) => zip(source, range(0)), reference: (values) => values.map((value, i) => [value, i]) },
})

it('makes tuples, and none of nothing', async () => {
  expect(await zip(['a', 'b'], range(1), new Set([true])).to(toArray()).run()).toEqual([['a', 1, true]])
  expect(await zip().to(toArray()).run()).toEqual([])
  expect(() => zip([1], 5 as unknown as Pullable<number>)).toThrow('zip: inputs[1] must be an iterable')
})
