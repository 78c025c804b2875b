import { expect, it } from 'vitest'
import { defer, failing, from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { fallback } from './fallback'

underLaw('fallback', {
  'a word': { make: () => fallback<unknown, unknown>(['a']), reference: (values) => [...values], recovers: (values) => [...values, 'a'] },
  'nothing': { make: () => fallback(), reference: (values) => [...values] },
})

it('takes the reserve in order, and opens no more of it than it needs', async () => {
  let opened = false
  const last = defer(() => { opened = true; return from([9]) })
  expect(await failing(new Error('a')).pipe(fallback(failing(new Error('b')), [1], last)).to(toArray()).run()).toEqual([1])
  expect(opened).toBe(false)
})

it('fails with the error of the last', async () => {
  await expect(failing(new Error('a')).pipe(fallback(failing(new Error('b')))).to(toArray()).run()).rejects.toThrow('b')
})

it('O13: refuses what is no source', () => {
  expect(() => fallback(5 as never)).toThrow('fallback: reserve[0] must be an iterable')
})
