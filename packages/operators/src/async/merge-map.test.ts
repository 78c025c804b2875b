import { expect, it } from 'vitest'
import { failing, forEach, from, interval, never, OptionError, range, retry, toArray, type Source } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { even, later, underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { mergeMap } from './merge-map'

const doubled = (value: unknown): unknown[] => (even(value) ? [value, value] : [])

underLaw('mergeMap', {
  'arrays, some empty, { concurrency: 1 }': {
    make: () => mergeMap(doubled, { concurrency: 1 }), reference: (values) => values.flatMap(doubled),
    withProbe: (probe) => mergeMap((value) => { probe(value); return doubled(value) }, { concurrency: 1 }),
  },
  'arrays, { concurrency: 4 }': {
    make: () => mergeMap((value) => [value, value], { concurrency: 4 }), reference: (values) => values.flatMap((value) => [value, value]),
    ordered: false, ahead: 4,
    withProbe: (probe) => mergeMap((value) => { probe(value); return [value] }, { concurrency: 4 }),
  },
  'promises, { concurrency: 3 }': { make: () => mergeMap(later, { concurrency: 3 }), reference: (values) => [...values], ordered: false, ahead: 3 },
})

it('has at most so many inner sources open', async () => {
  await explore(100, async ({ scheduler, random }) => {
    let open = 0
    const make = async function* (n: number) {
      expect(++open).toBeLessThanOrEqual(3)
      try {
        for (let i = 0; i < 3; i++) {
          for (let hops = Math.floor(random() * 5); hops > 0; hops--) await Promise.resolve()
          yield n * 10 + i
        }
      } finally {
        open--
      }
    }
    const values = await range(0, 10).pipe(mergeMap(make, { concurrency: 3 })).to(toArray()).run({ scheduler })
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => [n * 10, n * 10 + 1, n * 10 + 2]).flat())
    expect(open).toBe(0)
  })
})

it('lets inner sources that always have values take turns', async () => {
  const values = await from([0, 100]).pipe(mergeMap((n) => range(n), { concurrency: 2 }), take(1000)).to(toArray()).run()
  const second = values.filter((value, i) => value !== i && value >= 100).length
  expect(second).toBeGreaterThan(300)
})

it('goes on reading its source while an inner source rests', async () => {
  const outer = manualSource<Source<number>>()
  const seen: number[] = []
  const run = outer.source.pipe(mergeMap((inner) => inner, { concurrency: 2 })).to(forEach((n) => { seen.push(n) })).run()
  outer.emit(never(), from([1]), from([2]))
  await settle()
  expect(seen).toEqual([1, 2])
  outer.emit(never(), from([3]))
  await settle()
  expect([seen, outer.delivered]).toEqual([[1, 2], 4])
  await run.abort()
})

it('delivers what inner sources have at hand before the source fails, and closes them', async () => {
  const boom = new Error('boom')
  const outer = manualSource<number>()
  const inner = manualSource<string>()
  const seen: string[] = []
  const run = outer.source.pipe(mergeMap((n) => (n === 0 ? inner.source : ['a', 'b']), { concurrency: 3 })).to(forEach((word) => { seen.push(word) })).run()
  outer.emit(0, 1)
  outer.fail(boom)
  await expect(run).rejects.toBe(boom)
  expect([seen, inner.closeCount]).toEqual([['a', 'b'], 1])
})

it('others go on while one waits to be tried again', async () => {
  const clock = new VirtualClock()
  const seen: number[] = []
  const make = (n: number, { attempt }: { attempt: number }) => (n === 1 && attempt === 1 ? failing(new Error('one')) : [n])
  const run = from([1, 2, 3]).pipe(mergeMap(make, { concurrency: 2, onError: retry({ times: 1, delayMs: 1000 }) })).to(forEach((n) => { seen.push(n) })).run({ clock })
  await clock.advance(0)
  expect(seen).toEqual([2, 3])
  await clock.runOut(run)
  expect(seen).toEqual([2, 3, 1])
})

it('T2: every ticket is settled once, wherever the run is cut off', async () => {
  await explore(100, async ({ scheduler, random }) => {
    const tracked = trackedSource([1, 2, 3, 4, 5, 6])
    const make = async function* (n: number) {
      for (let i = 0; i < n % 3; i++) { await later(Math.floor(random() * 9)); yield i }
      if (random() < 0.1) throw new Error('chance')
    }
    const wanted = Math.floor(random() * 8)
    const run = tracked.source.pipe(mergeMap(make, { concurrency: 2 }), take(wanted)).to(toArray()).run({ scheduler })
    await run.then(() => {}, () => {})
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('T2: a stop ends inner sources and gives back the tickets of those it has cut short', async () => {
  const tracked = trackedSource([1, 2, 3, 4])
  const run = tracked.source.pipe(mergeMap((n) => (n === 2 ? [n] : never()), { concurrency: 3 })).to(toArray()).run()
  await settle()
  await run.stop()
  expect(await run).toEqual([2])
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1, 1], ['nack', 'ack', 'nack', 'nack']])
})

it('rests with nothing but the timers of its inner sources', async () => {
  const clock = new VirtualClock()
  const run = from([1, 2, 3, 4]).pipe(mergeMap((n) => (n === 4 ? interval(1e9) : never()), { concurrency: 4 })).to(toArray()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1)
  await run.abort()
  expect(clock.pendingTimers).toBe(0)
})

it.each<[string, () => unknown]>([
  ['mergeMap: concurrency must be a whole number of at least 1, got undefined', () => mergeMap(() => [], undefined as never)],
  ['mergeMap: concurrency must be a whole number of at least 1, got Infinity', () => mergeMap(() => [], { concurrency: Infinity })],
  ['mergeMap: project must be a function, got an array', () => mergeMap([] as never, { concurrency: 1 })],
  ["mergeMap: onError must be 'fail', 'skip'", () => mergeMap(() => [], { concurrency: 1, onError: 1 as never })],
])('O13: "%s" is said when it is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})
