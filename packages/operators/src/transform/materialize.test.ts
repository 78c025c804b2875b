import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { map } from './map'
import { materialize } from './materialize'
import { dematerialize } from './dematerialize'

underLaw('materialize', {
  '': {
    make: () => materialize(),
    reference: (values) => [...values.map((value) => ({ kind: 'value', value })), { kind: 'completed' }],
    // The failure is its last value: it is no failure of the run.
    recovers: (values, error) => [...values.map((value) => ({ kind: 'value', value })), { kind: 'failed', error }],
  },
})

const failing = from([1, 2, 3]).pipe(map((n) => {
  if (n === 3) throw new Error('three')
  return n
}))

it('O5: a failure is a value, and the run completes', async () => {
  const run = failing.pipe(materialize()).to(toArray()).run()
  expect(await run).toEqual([{ kind: 'value', value: 1 }, { kind: 'value', value: 2 }, { kind: 'failed', error: new Error('three') }])
  expect([run.status, run.failure]).toEqual(['completed', undefined])
})

it('O5: materialize and dematerialize together change nothing', async () => {
  expect(await from([1, 2]).pipe(materialize(), dematerialize()).to(toArray()).run()).toEqual([1, 2])
  await expect(failing.pipe(materialize(), dematerialize()).to(toArray()).run()).rejects.toThrow('three')
})
