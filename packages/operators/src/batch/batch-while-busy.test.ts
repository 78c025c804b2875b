import { expect, it } from 'vitest'
import { from, OptionError, range, toArray, type Operator } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { arriving, randomArrivals } from '../../test/arrivals'
import { busySink, takenWhileBusy, type Taken } from '../../test/busy-consumer'
import { underLaw } from '../../test/under-law'
import { flatMap } from '../transform/flat-map'
import { map } from '../transform/map'
import { batchWhileBusy, type BatchWhileBusyOptions } from './batch-while-busy'

const weigh = (value: unknown): number => (typeof value === 'number' && value > 0 ? value % 5 : 0)

/** The batches, checked and taken apart again: how much was collected is left to chance, what and in which order is not. */
const flat = (options: BatchWhileBusyOptions<unknown>): Operator<unknown, unknown> => (source) => source.pipe(
  batchWhileBusy(options),
  map((batch) => {
    const total = options.weigh ? batch.map(options.weigh).reduce((a, b) => a + b, 0) : 0
    if (batch.length === 0 || batch.length > options.maxCount) throw new Error(`a batch of ${batch.length}`)
    if (batch.length > 1 && total > (options.maxWeight ?? 0)) throw new Error(`a batch that weighs ${total}`)
    return batch
  }),
  flatMap((batch) => batch),
)

underLaw('batchWhileBusy', {
  '{ maxCount: 1 }': { make: () => flat({ maxCount: 1 }), reference: (values) => [...values], ahead: 2 },
  '{ maxCount: 4, maxWeight: 6, weigh }': {
    make: () => flat({ maxCount: 4, maxWeight: 6, weigh }), reference: (values) => [...values], ahead: 9,
    withProbe: (probe) => flat({ maxCount: 4, maxWeight: 6, weigh: (value) => { probe(value); return weigh(value) } }),
  },
  '{ maxCount: 300 }': { make: () => flat({ maxCount: 300 }), reference: (values) => [...values], ahead: 600 },
})

it('makes arrays of one for a consumer that keeps up', async () => {
  expect(await range(0, 3).pipe(batchWhileBusy({ maxCount: 10 })).to(toArray()).run()).toEqual([[0], [1], [2]])
})

it.each([1, 3, 1000])('a busy consumer gets what came meanwhile, %i values at most, the moment it is free', async (maxCount) => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, 40)
    const durations = Array.from({ length: 40 }, () => 30 * random())
    const busyMs = (index: number): number => durations[index]!
    const taken: Taken<number[]>[] = []
    const run = arriving(clock, arrivals).source.pipe(batchWhileBusy({ maxCount })).to(busySink(clock, busyMs, taken)).run({ clock, scheduler })
    const settled = run.then(() => undefined, (error: unknown) => error)
    expect(await clock.runOut(settled, scheduler.resting)).toBe(arrivals.failure)
    expect(taken).toEqual(takenWhileBusy(arrivals, busyMs, maxCount))
  })
})

it('holds back when it is full, by count or by weight, and shows its queue', async () => {
  for (const [options, held, read] of [[{ maxCount: 3 }, 3, 4], [{ maxCount: 9, maxWeight: 10, weigh: (n: number) => n }, 2, 4]] as const) {
    const clock = new VirtualClock()
    const probe = manualSource<number>()
    const taken: Taken<number[]>[] = []
    const run = probe.source.pipe(batchWhileBusy(options)).to(busySink(clock, () => 10, taken)).run({ clock })
    probe.emit(4, 4, 5, 6, 50, 1)
    await settle()
    expect(probe.delivered).toBe(read)
    expect(run.stats().stages.find((stage) => stage.name === 'batchWhileBusy')?.queue?.size).toBe(held)
    probe.end()
    await clock.runOut(run)
    expect(taken.map(({ value }) => value)).toEqual(held === 3 ? [[4], [4, 5, 6], [50, 1]] : [[4], [4, 5], [6], [50], [1]])
  }
})

it('T2: settles every ticket once, wherever it is cut off', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 40 }, (_, i) => i))
    const taken: Taken<number[]>[] = []
    const run = tracked.source.pipe(batchWhileBusy({ maxCount: 4, maxWeight: 9, weigh })).to(busySink(clock, () => 5, taken)).run({ clock, scheduler })
    const settled = run.then(() => {}, () => {})
    await clock.advance(random() * 40)
    if (random() < 0.5) await clock.runOut(run.abort())
    await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('O13: refuses what cannot work', () => {
  expect(() => batchWhileBusy(undefined as never)).toThrow('batchWhileBusy: maxCount must be a whole number of at least 1, got undefined')
  expect(() => batchWhileBusy({ maxCount: 0 })).toThrow(OptionError)
  expect(() => batchWhileBusy({ maxCount: 1, maxWeight: 1 })).toThrow('batchWhileBusy: weigh must be a function, got undefined')
  expect(() => from([1]).pipe(batchWhileBusy({ maxCount: 1, onError: 'no' as never }))).toThrow('batchWhileBusy: onError must be')
})
