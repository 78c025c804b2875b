import { expect, it } from 'vitest'
import { forEach, OptionError, range, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { chunks, underLaw } from '../../test/under-law'
import { windowCount } from './window-count'

/** Windows on an array; at the end a shorter one where values have been in none. */
function sliding<T>(values: readonly T[], size: number, every: number): T[][] {
  const all: T[][] = []
  for (let start = 0; start === 0 ? values.length > 0 : start - every + size < values.length; start += every) {
    all.push(values.slice(start, start + size))
  }
  return all
}

underLaw('windowCount', {
  '3': { make: () => windowCount(3), reference: (values) => chunks(values, 3) },
  '3, { every: 1 }': { make: () => windowCount(3, { every: 1 }), reference: (values) => sliding(values, 3, 1) },
  '4, { every: 3 }': { make: () => windowCount(4, { every: 3 }), reference: (values) => sliding(values, 4, 3) },
  '300, { every: 100 }': { make: () => windowCount(300, { every: 100 }), reference: (values) => sliding(values, 300, 100) },
})

it('does not repeat at the end what has been in a window', async () => {
  expect(await range(1, 4).pipe(windowCount(3, { every: 1 })).to(toArray()).run()).toEqual([[1, 2, 3], [2, 3, 4]])
  expect(await range(1, 2).pipe(windowCount(3, { every: 1 })).to(toArray()).run()).toEqual([[1, 2]])
})

it('gives each window an array of its own', async () => {
  const windows = await range(1, 4).pipe(windowCount(2, { every: 1 })).to(toArray()).run()
  windows[0]!.push(99)
  expect(windows).toEqual([[1, 2, 99], [2, 3], [3, 4]])
})

it('T1: a value is dealt with when every window it is in is', async () => {
  const tracked = trackedSource([0, 1, 2, 3])
  const seen: unknown[] = []
  const run = tracked.source.pipe(windowCount(2, { every: 1 })).to(forEach(async (window) => {
    await settle(1)
    seen.push([window, [...tracked.statuses]])
  })).run()
  await run
  // While a window is worked on, its first value has been in all its windows but this one.
  expect(seen.map((entry) => (entry as [number[], unknown[]])[1].filter((status) => status === 'ack').length)).toEqual([0, 1, 2])
  expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
})

it('T2: a window that fails gives back each of its values once', async () => {
  await explore(80, async ({ scheduler, random }) => {
    const tracked = trackedSource(Array.from({ length: 30 }, (_, i) => i))
    const failAt = Math.floor(random() * 12)
    let windows = 0
    const run = tracked.source.pipe(windowCount(5, { every: 2 })).to(forEach(async () => {
      await settle(1)
      if (windows++ === failAt) throw new Error('no')
    })).run({ scheduler })
    await expect(run).rejects.toThrow('no')
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    expect(tracked.statuses.slice(0, failAt * 2).every((status) => status === 'ack')).toBe(true)
    expect(tracked.statuses.slice(failAt * 2, failAt * 2 + 5).every((status) => status === 'nack')).toBe(true)
  })
})

it('reads no more values than the windows that are wanted need', async () => {
  const probe = manualSource<number>()
  const sink = manualSink<number[]>()
  const run = probe.source.pipe(windowCount(3, { every: 1 })).to(sink.sink).run()
  probe.emit(1, 2, 3, 4, 5, 6)
  await settle()
  expect(probe.delivered).toBe(0)
  sink.request(2)
  await sink.expectNext([1, 2, 3], [2, 3, 4])
  expect(probe.delivered).toBe(4)
  await run.abort()
})

it('O13: refuses windows that would leave values out', () => {
  expect(() => windowCount(0)).toThrow('windowCount: size must be a whole number of at least 1, got 0')
  expect(() => windowCount(3, { every: 4 })).toThrow('windowCount: every must be a whole number from 1 to 3, got 4')
  expect(() => windowCount(3, { every: 0 })).toThrow(OptionError)
})
