import { expect, it } from 'vitest'
import { deadLetter, forEach, from, range, toArray, type DeadLetter, type Operator } from '@sluice/core'
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

it('R30: what is no notification fails the run by name, and is no end', async () => {
  for (const wrong of [5, null, { kind: 'next' }]) {
    const run = from([{ kind: 'value', value: 1 }, wrong as never] as Notification<number>[]).pipe(dematerialize()).to(toArray()).run()
    await expect(run).rejects.toMatchObject({ code: 'SLUICE_VALUE' })
    expect(run.failure?.item).toBe(wrong)
  }
})

it('R30: what is no notification goes where onError says; a failed notification is the end all the same', async () => {
  const letters: unknown[] = []
  const onError = deadLetter(forEach(({ item }: DeadLetter) => { letters.push(item) }))
  const values = [{ kind: 'value', value: 1 }, 5, null, { kind: 'value', value: 2 }, { kind: 'completed' }] as Notification<number>[]
  const run = from(values).pipe(dematerialize({ onError })).to(toArray()).run()
  expect(await run).toEqual([1, 2])
  expect(letters).toEqual([5, null])
  expect(run.stats().totals).toMatchObject({ read: 5, delivered: 2, deadLettered: 2, absorbed: 1 })
  const error = new Error('sent')
  const failed = from([...values.slice(0, 3), { kind: 'failed', error }] as Notification<number>[]).pipe(dematerialize({ onError: 'skip' })).to(toArray()).run()
  await expect(failed).rejects.toBe(error)
  expect(failed.failure).toMatchObject({ stage: 'dematerialize' })
})
