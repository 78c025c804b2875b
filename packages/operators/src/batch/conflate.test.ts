import { expect, it } from 'vitest'
import { forEach, OptionError, range, toArray, type Operator } from '@sluice/core'
import { SliceScheduler } from '@sluice/core/authoring'
import { explore, manualSource, trackedSource, VirtualClock, settle } from '@sluice/testing'
import { arriving } from '../../test/arrivals'
import { busySink, type Taken } from '../../test/busy-consumer'
import { underLaw } from '../../test/under-law'
import { flatMap } from '../transform/flat-map'
import { conflate } from './conflate'

/** Combines into a list, which is taken apart again: how much was combined is left to chance, what and in which order is not. */
const listed: Operator<unknown, unknown> = (source) => source.pipe(
  conflate<unknown>((soFar, value) => {
    if (!Array.isArray(soFar)) return [soFar, value]
    soFar.push(value)
    return soFar as unknown[]
  }),
  flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value])),
)

underLaw('conflate', { 'into lists': { make: () => listed, reference: (values) => [...values], ahead: 10_000 } })

it('hands on every value as it is to a consumer that keeps up', async () => {
  // A machine that is busy elsewhere would use up a time slice, and the consumer's turn with it.
  const scheduler = new SliceScheduler(new VirtualClock())
  expect(await range(0, 500).pipe(conflate((a, b) => a + b)).to(toArray()).run({ scheduler })).toEqual(Array.from({ length: 500 }, (_, i) => i))
})

it('combines what comes while downstream is busy', async () => {
  const clock = new VirtualClock()
  const at = [1, 2, 3, 4, 5, 6].map((value) => ({ time: value * 10, value }))
  const taken: Taken<number>[] = []
  const run = arriving(clock, { at, endsAt: 100 }).source.pipe(conflate((a, b) => a + b)).to(busySink(clock, () => 25, taken)).run({ clock })
  await clock.runOut(run)
  expect(taken).toEqual([{ time: 10, value: 1 }, { time: 35, value: 5 }, { time: 60, value: 15 }])
})

it('lets timers and the consumer have their turn while it combines an endless source', async () => {
  let turns = 0
  const run = range(0).pipe(conflate((_, b) => b)).to(forEach(async () => {
    await settle(1)
    if (++turns === 20) throw new Error('enough')
  })).run()
  await expect(run).rejects.toThrow('enough')
})

it('R30, R31: hands on what was combined before the value that could not be', async () => {
  await explore(80, async ({ scheduler }) => {
    const clock = new VirtualClock()
    const combine = (a: string, b: string): string => { if (b === 'x') throw new Error('no'); return a + b }
    for (const [onError, expected] of [['fail', ['a', 'bc']], ['skip', ['a', 'bcd']]] as const) {
      const probe = manualSource<string>()
      const seen: string[] = []
      const run = probe.source.pipe(conflate(combine, { onError, name: 'joined' })).to(forEach(async (text) => { seen.push(text); await clock.sleep(10) })).run({ clock, scheduler })
      const settled = run.then(() => {}, () => {})
      probe.emit('a')
      await clock.advance(1)
      probe.emit('b', 'c', 'x', 'd')
      probe.end()
      await clock.runOut(settled, scheduler.resting)
      expect(seen).toEqual(expected)
      expect(run.failure).toEqual(onError === 'fail' ? expect.objectContaining({ stage: 'joined', item: 'x', attempt: 1 }) : undefined)
    }
  })
})

it('T1: combining a hundred thousand values needs no deep stack to acknowledge them', async () => {
  const clock = new VirtualClock()
  const tracked = trackedSource(Array.from({ length: 100_000 }, (_, i) => i))
  const run = tracked.source.pipe(conflate((a, b) => a + b)).to(forEach(() => clock.sleep(1))).run({ clock })
  await clock.runOut(run)
  expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
})

it('O13: refuses what is no function', () => {
  expect(() => conflate(undefined as never)).toThrow(OptionError)
  expect(() => conflate((a) => a, { onError: 'no' as never })).toThrow('conflate: onError must be')
})
