import { expect, it } from 'vitest'
import { deadLetter, defer, failing, forEach, from, interval, never, range, retry, toArray } from '@sluice/core'
import { manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { even, later, underLaw } from '../../test/under-law'
import { filter } from '../select/filter'
import { take } from '../select/take'
import { concatMap } from './concat-map'

const doubled = (value: unknown): unknown[] => (even(value) ? [value, value] : [])

underLaw('concatMap', {
  'arrays, some empty': {
    make: () => concatMap(doubled), reference: (values) => values.flatMap(doubled),
    withProbe: (probe) => concatMap((value) => { probe(value); return doubled(value) }),
  },
  'promises': { make: () => concatMap(later), reference: (values) => [...values] },
  'async generators': {
    make: () => concatMap(async function* (value) { yield value; yield await later(value) }),
    reference: (values) => values.flatMap((value) => [value, value]),
  },
})

it('opens an inner source when the one before has completed', async () => {
  const inner = [manualSource<string>(), manualSource<string>()]
  const outer = manualSource<number>()
  const seen: string[] = []
  const run = outer.source.pipe(concatMap((n) => inner[n]!.source)).to(forEach((word) => { seen.push(word) })).run()
  outer.emit(0, 1)
  inner[1]?.emit('b')
  inner[0]?.emit('a')
  await settle()
  expect([seen, outer.delivered, inner[1]?.pulls]).toEqual([['a'], 1, 0])
  inner[0]?.end()
  await settle()
  expect([seen, outer.delivered]).toEqual([['a', 'b'], 2])
  outer.end()
  inner[1]?.end()
  await run
})

it('is exact: no value of an inner source is asked for that nobody wants', async () => {
  let given = 0
  const endless = defer(function* () { for (;;) yield given++ })
  expect(await from([1, 2]).pipe(concatMap(() => endless), take(3)).to(toArray()).run()).toEqual([0, 1, 2])
  expect(given).toBe(3)
})

it('does not stop others for a hundred thousand inner sources without values', async () => {
  const run = range(0, 100_000).pipe(concatMap(() => [])).to(toArray()).run()
  let turns = 0
  for (; run.status === 'running'; turns++) await settle(1)
  expect(turns).toBeGreaterThan(3)
})

it('T1: a ticket is acknowledged when all its inner source gave was dealt with', async () => {
  const tracked = trackedSource([1, 2, 3])
  const inner = manualSource<string>()
  const make = (n: number) => (n === 2 ? inner.source : n === 1 ? ['x', 'y'] : [])
  const run = tracked.source.pipe(concatMap(make), filter((word) => word !== 'y')).to(toArray()).run()
  await settle()
  expect(tracked.settlements).toEqual([1, 0])
  inner.emit('z')
  await settle()
  expect(tracked.settlements).toEqual([1, 0])
  inner.end()
  expect(await run).toEqual(['x', 'z'])
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
})

it('T1: tickets of inner sources are handed on', async () => {
  const [outer, inner] = [trackedSource([1]), trackedSource(['a', 'b'])]
  await outer.source.pipe(concatMap(() => inner.source)).to(toArray()).run()
  expect([outer.statuses, inner.statuses]).toEqual([['ack'], ['ack', 'ack']])
  const alone = trackedSource(['a', 'b', 'c'])
  await from([1]).pipe(concatMap(() => alone.source)).to(toArray()).run()
  expect([alone.settlements, alone.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
})

it('T2: what a stop cuts short is given back, and what comes after it is not begun', async () => {
  const tracked = trackedSource([1, 2, 3])
  const begun: number[] = []
  const run = tracked.source.pipe(concatMap((n) => { begun.push(n); return n === 1 ? [1] : never() })).to(toArray()).run()
  await settle()
  await run.stop()
  expect(await run).toEqual([1])
  expect([begun, tracked.settlements, tracked.statuses]).toEqual([[1, 2], [1, 1], ['ack', 'nack']])
})

it('T4: where a value fails for good it is given back, once', async () => {
  const tracked = trackedSource([1, 2, 3])
  const run = tracked.source.pipe(concatMap((n) => (n === 2 ? failing(new Error('two')) : [n, n]))).to(toArray()).run()
  await expect(run).rejects.toThrow('two')
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1], ['ack', 'nack']])
})

it("R30: 'skip' leaves out a value whose inner source fails, from there on", async () => {
  const make = async function* (n: number) { yield n; if (n === 2) throw new Error('two'); yield -n }
  const run = from([1, 2, 3]).pipe(concatMap(make, { onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([1, -1, 2, 3, -3])
  expect(run.stats().stages.find(({ name }) => name === 'concatMap')?.dropped).toBe(1)
})

it('R31, R32: a retry makes the inner source anew, after a while, and tells which attempt it is', async () => {
  const clock = new VirtualClock()
  const attempts: [number, number][] = []
  const make = (n: number, { attempt }: { attempt: number }) => {
    attempts.push([n, attempt])
    return n === 2 && attempt < 3 ? failing(new Error('not yet')) : [n]
  }
  const run = from([1, 2, 3]).pipe(concatMap(make, { onError: retry({ times: 2, delayMs: 10 }) })).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([1, 2, 3])
  expect(attempts).toEqual([[1, 1], [2, 1], [2, 2], [2, 3], [3, 1]])
  expect(clock.now()).toBeGreaterThan(0)
})

it('R31: gives up with the error, the item and the attempt', async () => {
  const tracked = trackedSource([1, 2])
  const boom = new Error('boom')
  const run = tracked.source.pipe(concatMap((n) => { if (n === 2) throw boom; return [n] }, { onError: retry({ times: 2, delayMs: 0 }), name: 'load' })).to(toArray()).run()
  await expect(run).rejects.toBe(boom)
  expect(run.failure).toMatchObject({ stage: 'load', item: 2, attempt: 3 })
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1], ['ack', 'nack']])
})

it('R33, R34: a dead letter names the value, and is a failure where it cannot be written', async () => {
  const letters: unknown[] = []
  const box = forEach(async ({ item, stage }: { item: unknown; stage: string }) => { await settle(1); letters.push([item, stage]) })
  expect(await from([1, 2, 3]).pipe(concatMap((n) => (n === 2 ? (5 as never) : [n]), { onError: deadLetter(box) })).to(toArray()).run()).toEqual([1, 3])
  expect(letters).toEqual([[2, 'concatMap']])
  const full = new Error('disk full')
  const broken = forEach(async () => { await settle(1); throw full })
  const run = from([1]).pipe(concatMap(() => failing(new Error('one')), { onError: deadLetter(broken) })).to(toArray()).run()
  await expect(run).rejects.toBe(full)
})

it('tells the function when the run is aborted', async () => {
  let aborted: unknown
  const reason = new Error('enough')
  const run = from([1]).pipe(concatMap((_, { signal }) => {
    signal.addEventListener('abort', () => { aborted = signal.reason })
    return never()
  })).to(toArray()).run()
  await settle()
  await run.abort(reason)
  expect(aborted).toBe(reason)
})

it('holds no timer of an inner source that is over', async () => {
  const clock = new VirtualClock()
  const run = from([1, 2]).pipe(concatMap(() => interval(5).pipe(take(2)))).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([0, 1, 0, 1])
  expect(clock.pendingTimers).toBe(0)
})

it('O13: options are checked when it is built', () => {
  expect(() => concatMap(5 as never)).toThrow('concatMap: project must be a function, got 5')
  expect(() => concatMap(() => [], { onError: 'retry' as never })).toThrow('concatMap: onError must be')
})
