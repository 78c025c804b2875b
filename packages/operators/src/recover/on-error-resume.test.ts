import { expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { onErrorResume } from './on-error-resume'

underLaw('onErrorResume', {
  'a word': {
    make: () => onErrorResume<unknown, unknown>([['a']]), reference: (values) => [...values, 'a'],
    recovers: (values) => [...values, 'a'], uponFailure: (values) => [...values], uponStop: (values) => [...values],
  },
})

it('goes on whatever happens, and tells of each failure', async () => {
  const errors: unknown[] = []
  const run = from([1]).pipe(onErrorResume([failing(new Error('b')), [3], failing(new Error('d'))], { onError: (error) => errors.push((error as Error).message) })).to(toArray()).run()
  expect([await run, errors, run.failure]).toEqual([[1, 3], ['b', 'd'], undefined])
})

it('O13: refuses what cannot work', () => {
  expect(() => onErrorResume([5 as never])).toThrow('onErrorResume: others[0] must be an iterable')
  expect(() => onErrorResume([], { onError: 1 as never })).toThrow('onErrorResume: onError must be a function, got 1')
})
