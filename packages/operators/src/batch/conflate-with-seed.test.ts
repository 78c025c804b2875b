import { expect, it } from 'vitest'
import { OptionError, toArray, type Operator } from '@sluice/core'
import { explore, trackedSource, VirtualClock } from '@sluice/testing'
import { arriving, randomArrivals } from '../../test/arrivals'
import { busySink, takenWhileBusy, type Taken } from '../../test/busy-consumer'
import { underLaw } from '../../test/under-law'
import { flatMap } from '../transform/flat-map'
import { conflateWithSeed } from './conflate-with-seed'

/** Combines into a list, which is taken apart again: how much was combined is left to chance, what and in which order is not. */
const listed = (probe: (value: unknown) => void): Operator<unknown, unknown> => (source) => source.pipe(
  conflateWithSeed<unknown, unknown[]>((value) => (probe(value), [value]), (list, value) => (probe(value), list.push(value), list)),
  flatMap((list) => list),
)

underLaw('conflateWithSeed', {
  'into lists': { make: () => listed(() => {}), reference: (values) => [...values], ahead: 10_000, withProbe: listed },
})

const lists = () => conflateWithSeed<number, number[]>((n) => [n], (list, n) => [...list, n])

it('a busy consumer gets what came meanwhile, combined, the moment it is free', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, 40)
    const durations = Array.from({ length: 40 }, () => 30 * random())
    const busyMs = (index: number): number => durations[index]!
    const taken: Taken<number[]>[] = []
    const run = arriving(clock, arrivals).source.pipe(lists()).to(busySink(clock, busyMs, taken)).run({ clock, scheduler })
    const settled = run.then(() => undefined, (error: unknown) => error)
    expect(await clock.runOut(settled, scheduler.resting)).toBe(arrivals.failure)
    expect(taken).toEqual(takenWhileBusy(arrivals, busyMs))
  })
})

it('T2: settles every ticket once, wherever it is cut off', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 100 }, (_, i) => i))
    const taken: Taken<number[]>[] = []
    const seed = (n: number): number[] => { if (random() < 0.1) throw new Error('no'); return [n] }
    const combine = (list: number[], n: number): number[] => { if (random() < 0.1) throw new Error('no'); return [...list, n] }
    const run = tracked.source.pipe(conflateWithSeed(seed, combine, { onError: random() < 0.7 ? 'skip' : 'fail' })).to(busySink(clock, () => 5, taken)).run({ clock, scheduler })
    const settled = run.then(() => {}, () => {})
    await clock.advance(random() * 5)
    if (random() < 0.5) await clock.runOut(run.abort())
    await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('rests without a timer', async () => {
  const clock = new VirtualClock()
  const run = arriving(clock, { at: [{ time: 1, value: 1 }], endsAt: 7_200_000 }).source.pipe(lists()).to(toArray()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1) // the end of the source
  expect(await clock.runOut(run)).toEqual([[1]])
})

it('O13: refuses what is no function', () => {
  expect(() => conflateWithSeed(undefined as never, () => 1)).toThrow(OptionError)
  expect(() => conflateWithSeed(() => 1, 2 as never)).toThrow('conflateWithSeed: combine must be a function, got 2')
  expect(() => conflateWithSeed(() => 1, () => 1, { onError: 1 as never })).toThrow('conflateWithSeed: onError must be')
})
