import { expect, it } from 'vitest'
import { from, range, toArray, type Operator } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { map } from './map'
import { dematerialize } from './dematerialize'
import type { Notification } from './notification'

const values: Operator<unknown, unknown> = (upstream) =>
  upstream.pipe(map((value): Notification<unknown> => ({ kind: 'value', value })), dematerialize())

underLaw('dematerialize', { '': { make: () => values, reference: (all) => [...all] } })

it('O9: nothing is read beyond the end', async () => {
  let read = 0
  const source = range(0, 100).pipe(map((n): Notification<number> => {
    read++
    return n === 2 ? { kind: 'completed' } : { kind: 'value', value: n }
  }))
  expect(await source.pipe(dematerialize(), take(50)).to(toArray()).run()).toEqual([0, 1])
  expect(read).toBe(3)
})

it('O5: a failed notification fails the run with its error', async () => {
  const error = new Error('sent')
  const notifications: Notification<number>[] = [{ kind: 'value', value: 1 }, { kind: 'failed', error }]
  const run = from(notifications).pipe(dematerialize()).to(toArray()).run()
  await expect(run).rejects.toBe(error)
  expect(run.failure?.stage).toBe('dematerialize')
})
