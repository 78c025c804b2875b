import { expect, it } from 'vitest'
import { empty, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { startWith } from '../transform/start-with'
import { EmptyError, throwIfEmpty } from './throw-if-empty'

underLaw('throwIfEmpty', {
  'something before it': {
    make: () => (upstream) => upstream.pipe(startWith<unknown>('first'), throwIfEmpty()),
    reference: (values) => ['first', ...values],
  },
})

it('fails where there is nothing, by name or with what it is given', async () => {
  const run = empty().pipe(throwIfEmpty()).to(toArray()).run()
  await expect(run).rejects.toBeInstanceOf(EmptyError)
  expect(run.failure?.stage).toBe('throwIfEmpty')
  const error = new Error('no order today')
  await expect(empty().pipe(throwIfEmpty(() => error)).to(toArray()).run()).rejects.toBe(error)
})

it('O13: refuses what is no function', () => {
  expect(() => throwIfEmpty(new Error('no') as never)).toThrow('throwIfEmpty: makeError must be a function, got an object')
})
