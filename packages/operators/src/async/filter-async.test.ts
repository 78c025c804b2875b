import { expect, it } from 'vitest'
import { from, OptionError, range, toArray } from '@sluice/core'
import { explore, trackedSource, VirtualClock } from '@sluice/testing'
import { even, later, underLaw } from '../../test/under-law'
import { filterAsync } from './filter-async'

const laterEven = async (value: unknown): Promise<boolean> => even(await later(value))

underLaw('filterAsync', {
  'concurrency 1, capacity 0': {
    make: () => filterAsync(laterEven, { concurrency: 1, capacity: 0 }), reference: (values) => values.filter(even), ahead: 1,
    withProbe: (probe) => filterAsync(async (value) => { probe(value); return even(value) }, { concurrency: 1, capacity: 0 }),
  },
  'concurrency 3': {
    make: () => filterAsync(laterEven, { concurrency: 3 }), reference: (values) => values.filter(even), ahead: 6,
    withProbe: (probe) => filterAsync(async (value) => { probe(await later(value)); return even(value) }, { concurrency: 3 }),
  },
  'nothing passes': { make: () => filterAsync(() => false, { concurrency: 2 }), reference: () => [] },
})

it('keeps the order, whichever test settles first', async () => {
  const clock = new VirtualClock()
  const test = async (n: number): Promise<boolean> => {
    await clock.sleep(100 - n * 10)
    return n !== 2
  }
  const run = range(1, 4).pipe(filterAsync(test, { concurrency: 4 })).to(toArray()).run({ clock })
  await clock.advance(100)
  expect(await run).toEqual([1, 3, 4])
})

it('leaves out a value whose test fails, where onError says so', async () => {
  const test = async (n: number): Promise<boolean> => {
    if (n === 2) throw new Error('two')
    return true
  }
  expect(await from([1, 2, 3]).pipe(filterAsync(test, { concurrency: 2, onError: 'skip' })).to(toArray()).run()).toEqual([1, 3])
})

it('T2: settles every ticket once, under any interleaving and wherever the run is aborted', async () => {
  await explore(60, async ({ scheduler, random }) => {
    const tracked = trackedSource(Array.from({ length: 30 }, (_, i) => i))
    const abortAt = Math.floor(random() * 20)
    const run = tracked.source
      .pipe(filterAsync(async (n) => { if (n === abortAt) void run.abort(); await Promise.resolve(); return n % 2 === 0 }, { concurrency: 3 }))
      .to(toArray())
      .run({ scheduler })
    await run.then(() => {}, () => {})
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('says which option is wrong', () => {
  expect(() => filterAsync(5 as never, { concurrency: 1 })).toThrow('filterAsync: test must be a function, got 5')
  expect(() => filterAsync(even, {} as never)).toThrow(OptionError)
  expect(() => filterAsync(even, undefined as never)).toThrow('filterAsync: concurrency must be')
})
