import { expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { manualSource, settle, trackedSource } from '@sluice/testing'
import { deadLetter, drain, forEach, from } from '../index'
import { sink } from '../authoring'

const BOOM = new Error('boom')
const LOST = new Error('not written')

it('R34: a letter that fails after its write was answered fails the run, though nothing is written after it', async () => {
  const letters = forEach(() => Promise.reject(LOST), { concurrency: 4 })
  const probe = manualSource<number>()
  const run = probe.source.pipe(map(() => { throw BOOM }, { onError: deadLetter(letters) })).to(drain()).run()
  probe.emit(1)
  await settle()
  probe.end()
  await expect(Promise.resolve(run)).rejects.toBe(LOST)
})

it('R34: a dead letter sink that cannot be ended fails the run, once', async () => {
  const letters = forEach(async () => { await settle(1); throw LOST }, { concurrency: 4 })
  const run = from([1]).pipe(map(() => { throw BOOM }, { onError: deadLetter(letters) })).to(drain()).run()
  await expect(Promise.resolve(run)).rejects.toBe(LOST)
})

it('T3: what is on its way to a dead letter sink when the run is aborted is acknowledged once it is there', async () => {
  const tracked = trackedSource([1])
  let written: () => void = () => {}
  const letters = sink('letters', () => ({ write: () => new Promise<void>((resolve) => { written = resolve }), end() {} }))
  const run = tracked.source.pipe(map(() => { throw BOOM }, { onError: deadLetter(letters) })).to(drain()).run()
  await settle()
  const aborted = run.abort()
  await settle()
  expect(tracked.statuses).toEqual([undefined])
  written()
  await aborted
  expect([tracked.statuses, tracked.settlements]).toEqual([['ack'], [1]])
})

it('T3: a letter is no value of the run: what became of its item is counted once, whatever the sink', async () => {
  for (const letters of [forEach(() => {}), drain()]) {
    const run = from([1, 2, 3]).pipe(map(() => { throw BOOM }, { onError: deadLetter(letters) })).to(drain()).run()
    await run
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 0, deadLettered: 3, abandoned: 0 })
  }
})
