import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { elementAt } from './element-at'

underLaw('elementAt', {
  '2, or a word': {
    make: () => elementAt<unknown, string>(2, { otherwise: 'none' }),
    reference: (values) => [values.length > 2 ? values[2] : 'none'],
    ends: (values) => values.length > 2,
    uponFailure: () => [],
  },
  '0, or undefined': {
    make: () => elementAt<unknown, undefined>(0, { otherwise: undefined }), reference: (values) => [values[0]],
    ends: (values) => values.length > 0, uponFailure: () => [],
  },
})

it('fails where the source ends before it, and says how many there were', async () => {
  const run = from(['a']).pipe(elementAt(3)).to(toArray()).run()
  await expect(run).rejects.toThrow('elementAt: the source ended after 1 values, before index 3')
  expect(run.failure?.stage).toBe('elementAt')
})

it('O13: refuses what is no number', () => {
  expect(() => elementAt(-1)).toThrow('elementAt: index must be a whole number of at least 0, got -1')
})
