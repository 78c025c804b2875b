import { expect, it } from 'vitest'
import { toArray, type Pullable } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { merge } from './merge'

underLaw('merge', {
  'the source alone': { make: () => (source) => merge(source), reference: (values) => [...values] },
  'another source': { make: () => (source) => merge(source, ['a', 'b']), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2 },
})

it('of nothing is empty, and an input that is no source is named', async () => {
  expect(await merge().to(toArray()).run()).toEqual([])
  expect(() => merge([1], 5 as unknown as Pullable<number>)).toThrow('merge: inputs[1] must be an iterable')
})
