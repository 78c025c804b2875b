import { expect, it } from 'vitest'
import { failing, from, range, toArray, type Outcome } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { tapEnd } from './tap-end'

underLaw('tapEnd', { 'a function': { make: () => tapEnd(() => {}), reference: (values) => [...values] } })

it('is told once how it ended', async () => {
  const seen: Outcome[] = []
  const look = tapEnd<number>((outcome) => seen.push(outcome))
  await from([1]).pipe(look).to(toArray()).run()
  await range(0).pipe(look, take(2)).to(toArray()).run()
  const error = new Error('gone')
  await failing(error).pipe(look as never).to(toArray()).run().then(() => {}, () => {})
  expect(seen).toEqual([{ status: 'completed' }, { status: 'cancelled', reason: undefined }, { status: 'failed', error }])
})

it('the run waits for it, and fails with what it throws', async () => {
  let done = false
  await from([1]).pipe(tapEnd(async () => { await Promise.resolve(); done = true })).to(toArray()).run()
  expect(done).toBe(true)
  await expect(from([1]).pipe(tapEnd(() => { throw new Error('look') })).to(toArray()).run()).rejects.toThrow('look')
})

it('O13: refuses what is no function', () => {
  expect(() => tapEnd(1 as never)).toThrow('tapEnd: look must be a function, got 1')
})
