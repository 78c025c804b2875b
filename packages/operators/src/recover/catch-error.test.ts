import { expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { concatWith } from '../combine/concat-with'
import { underLaw } from '../../test/under-law'
import { catchError } from './catch-error'

underLaw('catchError', {
  'two words': { make: () => catchError<unknown, unknown>(() => ['a', 'b']), reference: (values) => [...values], recovers: (values) => [...values, 'a', 'b'] },
})

it('gets the error, and the run has no failure', async () => {
  const run = from([1]).pipe(concatWith(failing(new Error('gone'))), catchError((error) => [(error as Error).message])).to(toArray()).run()
  expect(await run).toEqual([1, 'gone'])
  expect([run.status, run.failure]).toEqual(['completed', undefined])
})

it('lets an error pass that it throws, and fails where the other source fails', async () => {
  const error = new Error('gone')
  await expect(failing(error).pipe(catchError((e) => { throw e })).to(toArray()).run()).rejects.toBe(error)
  const run = failing(error).pipe(catchError(() => failing(new Error('other')))).to(toArray()).run()
  await expect(run).rejects.toThrow('other')
})

it('O13: refuses what is no function', () => {
  expect(() => catchError([] as never)).toThrow('catchError: select must be a function')
})
