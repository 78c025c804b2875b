import { expect, it } from 'vitest'
import { drain, interval, never, OptionError, range } from '@sluice/core'
import { manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { sample } from './sample'

underLaw('sample', {
  20: { make: () => sample(20), reference: () => [], timed: true },
  '20, { emitLast: true }': { make: () => sample(20, { emitLast: true }), reference: (values) => values.slice(-1), timed: true },
  'a notifier that is silent': { make: () => sample(never(), { emitLast: true }), reference: (values) => values.slice(-1) },
})

it('hands on the latest value at each tick, if there is a new one', async () => {
  expect(await seen([[0, 1], [15, 2], [41, 3]], 100, sample(20))).toEqual([[20, 2], [60, 3]])
})

it('drops the last value when the source ends, unless asked to keep it', async () => {
  expect(await seen([[0, 1], [5, 2]], 6, sample(20))).toEqual([])
  expect(await seen([[0, 1], [5, 2]], 6, sample(20, { emitLast: true }))).toEqual([[6, 2]])
})

it('hands on the latest value whenever a notifier emits', async () => {
  expect(await seen([[0, 1], [15, 2], [41, 3]], 100, sample(interval(20)))).toEqual([[20, 2], [60, 3]])
})

it('samples nothing any more once the notifier has completed, and ends with the source', async () => {
  expect(await seen([[5, 1], [15, 2]], 100, sample(range(0, 3)))).toEqual([])
})

it('fails when the notifier does, with its error', async () => {
  const values = manualSource<number>()
  const ticks = manualSource<number>('ticks')
  const run = values.source.pipe(sample(ticks.source)).to(drain()).run()
  await settle(2)
  const error = new Error('no more')
  ticks.fail(error)
  await expect(run).rejects.toBe(error)
  expect(run.failure?.stage).toBe('ticks')
  expect([values.closeCount, ticks.closeCount]).toEqual([1, 1])
})

it('T1: signals of a tracked notifier are acknowledged when they were heard', async () => {
  const ticks = trackedSource([1, 2, 3])
  const values = manualSource<number>()
  const run = values.source.pipe(sample(ticks.source)).to(drain()).run()
  await settle(4)
  expect(ticks.statuses).toEqual(['ack', 'ack', 'ack'])
  values.end()
  await run
})

it('holds no timer while there is nothing to sample', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(sample(20)).to(drain()).run({ clock })
  probe.emit(1)
  await clock.advance(1)
  expect(clock.pendingTimers).toBe(1)
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('O13: refuses a period that is none and a notifier that is none', () => {
  expect(() => sample(0)).toThrow(OptionError)
  expect(() => sample(0)).toThrow('sample: periodMs must be a finite number of at least 1, got 0')
  expect(() => sample(undefined as never)).toThrow('from: expected')
})
