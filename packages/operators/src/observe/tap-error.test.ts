import { expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { tapError } from './tap-error'

underLaw('tapError', { 'a function': { make: () => tapError(() => {}), reference: (values) => [...values] } })

it('is called with the error, which passes', async () => {
  const seen: unknown[] = []
  const error = new Error('gone')
  await expect(failing(error).pipe(tapError((e) => seen.push(e))).to(toArray()).run()).rejects.toBe(error)
  expect(seen).toEqual([error])
  await from([1]).pipe(tapError((e) => seen.push(e))).to(toArray()).run()
  expect(seen).toHaveLength(1)
})

it('O5: what it throws itself is kept beside the failure', async () => {
  const run = failing(new Error('gone')).pipe(tapError(() => { throw new Error('look') })).to(toArray()).run()
  await expect(run).rejects.toThrow('gone')
  expect(run.failure?.suppressed).toEqual([new Error('look')])
})

it('O13: refuses what is no function', () => {
  expect(() => tapError(1 as never)).toThrow('tapError: look must be a function, got 1')
})
