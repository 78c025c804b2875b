import { describe, expect, it } from 'vitest'
import { deadLetter, drain, forEach, from, range, reduce, type RunTotals, type Sink, type Source } from '@sluice/core'
import { settle, trackedSource } from '@sluice/testing'
import {
  alsoTo, batch, broadcast, buffer, combineLatestWith, concatWith, conflate, defaultIfEmpty, dematerialize, endWith, every, expand, filter, filterAsync, find,
  flatMap, groupBy, map, mapAsync, materialize, mergeWith, mergeMap, pairwise, skip, skipLast, startWith, supervise, switchMap, take, takeLast, windowCount,
  withLatestFrom, zipWith,
} from './index'

const BOOM = new Error('boom')
const odd = (n: number): boolean => n % 2 === 1
const bang = (at: number) => (n: number): number => {
  if (n === at) throw BOOM
  return n
}
const parts = (n: number): number[] => Array.from({ length: n % 4 }, () => n)

/** Pipelines over 0, 1, 2 … and what becomes of the values when nothing disturbs them, where that is more than `delivered`. */
const PIPELINES: Readonly<Record<string, readonly [make: (source: Source<number>) => Source<unknown>, fates?: Partial<RunTotals>]>> = {
  map: [(s) => s.pipe(map((n) => n)), { read: 40, delivered: 40 }],
  filter: [(s) => s.pipe(filter(odd)), { read: 40, delivered: 20, absorbed: 20 }],
  'skip and skipLast': [(s) => s.pipe(skip(5), skipLast(3)), { read: 40, delivered: 32, absorbed: 8 }],
  takeLast: [(s) => s.pipe(takeLast(3)), { delivered: 3, absorbed: 37 }],
  'values of its own': [(s) => s.pipe(startWith(-1), endWith(-2, -3), defaultIfEmpty(0)), { read: 43, delivered: 43 }],
  batch: [(s) => s.pipe(batch(7)), { read: 40, delivered: 40 }],
  'batches, filtered': [(s) => s.pipe(batch(10), filter((values) => (values[0] as number) < 20)), { read: 40, delivered: 20, absorbed: 20 }],
  'batches, flattened again': [(s) => s.pipe(batch(7), flatMap((values) => values), filter(odd)), { read: 40, delivered: 40 }],
  'sliding windows': [(s) => s.pipe(windowCount(5, { every: 2 })), { read: 40, delivered: 40 }],
  pairwise: [(s) => s.pipe(pairwise()), { read: 40, delivered: 40 }],
  'none, one or several of one': [(s) => s.pipe(flatMap(parts)), { read: 40, delivered: 30, absorbed: 10 }],
  'parts, some of them filtered': [(s) => s.pipe(flatMap((n) => [n, n + 1]), filter(odd)), { read: 40, delivered: 40 }],
  'parts, all of them filtered': [(s) => s.pipe(flatMap((n) => [n, n]), filter(odd)), { read: 40, delivered: 20, absorbed: 20 }],
  'a generator of each': [(s) => s.pipe(flatMap(function* (n) { yield* parts(n) })), { read: 40, delivered: 30, absorbed: 10 }],
  'inner sources': [(s) => s.pipe(mergeMap((n) => range(0, n % 3), { concurrency: 3 })), { read: 40 + 39, delivered: 26 + 39, absorbed: 14 }],
  groupBy: [(s) => s.pipe(groupBy((n) => n % 3, { maxGroups: 3 }), mergeMap((group) => group.source, { concurrency: 3 })), { read: 43, delivered: 43 }],
  broadcast: [(s) => s.pipe(broadcast([(left: Source<number>) => left.pipe(filter(odd)), (right: Source<number>) => right])), { read: 40, delivered: 40 }],
  alsoTo: [(s) => s.pipe(alsoTo(drain())), { read: 40, delivered: 40 }],
  zip: [(s) => s.pipe(zipWith(range(0, 40))), { read: 80, delivered: 80 }],
  'latest of both': [(s) => s.pipe(combineLatestWith(range(0, 40)), withLatestFrom(from([1]))), { read: 81, delivered: 81 }],
  'merge and concat': [(s) => s.pipe(mergeWith(range(0, 5)), concatWith(range(0, 5))), { read: 50, delivered: 50 }],
  'there and back': [(s) => s.pipe(materialize(), dematerialize()), { read: 41, delivered: 40, absorbed: 1 }],
  'a verdict': [(s) => s.pipe(every((n) => n >= 0)), { read: 41, delivered: 1, absorbed: 40 }],
  'nothing found': [(s) => s.pipe(find((n) => n < 0)), { read: 41, delivered: 1, absorbed: 40 }],
  calls: [(s) => s.pipe(mapAsync(async (n) => n, { concurrency: 4 }), filterAsync(async (n) => odd(n), { concurrency: 2 })), { read: 40, delivered: 20, absorbed: 20 }],
  skipped: [(s) => s.pipe(map((n) => { if (odd(n)) throw BOOM; return n }, { onError: 'skip' })), { read: 40, delivered: 20, skipped: 20 }],
  'dead letters': [(s) => s.pipe(mapAsync(async (n) => { if (odd(n)) throw BOOM; return n }, { concurrency: 2, onError: deadLetter(drain()) })), { read: 40, delivered: 20, deadLettered: 20 }],
  'supervised items': [(s) => s.pipe(supervise(map(bang(7)), 'skip')), { read: 80, delivered: 78, skipped: 1, failed: 1 }],
  conflate: [(s) => s.pipe(conflate((sum: number, n: number) => sum + n)), { read: 40, delivered: 40 }],
  'an overflow': [(s) => s.pipe(buffer(3, { overflow: 'drop-oldest' })), { read: 40 }],
  'each in turn': [(s) => s.pipe(expand((n) => [n, n])), { read: 40, delivered: 40 }],
  'the newest inner source': [(s) => s.pipe(switchMap((n) => [n]))],
}

const sumOf = (t: RunTotals): number => t.delivered + t.absorbed + t.dropped + t.skipped + t.deadLettered + t.failed + t.abandoned + t.inFlight

const SINKS: Readonly<Record<string, () => Sink<unknown, unknown>>> = {
  drain: () => drain(),
  forEach: () => forEach(() => {}),
  'forEach of promises': () => forEach(async () => {}, { concurrency: 3 }),
  reduce: () => reduce((count: number) => count + 1, 0),
}

describe.each(Object.entries(PIPELINES))('R62: every value that a source gave is counted once: %s', (_name, [make, fates]) => {
  it.each(Object.entries(SINKS))('into %s', async (_sink, sink) => {
    const run = make(range(0, 40)).to(sink()).run()
    await run
    const { totals } = run.stats()
    expect(totals).toMatchObject({ abandoned: 0, inFlight: 0, ...fates })
    expect(sumOf(totals)).toBe(totals.read)
  })

  it('in a tracked run the same, and each ticket was told', async () => {
    const tracked = trackedSource(Array.from({ length: 40 }, (_, i) => i))
    const run = make(tracked.source).to(drain()).run()
    await run
    const { totals } = run.stats()
    expect(totals).toMatchObject({ abandoned: 0, inFlight: 0, ...fates })
    expect(tracked.settlements.every((times) => times === 1)).toBe(true)
  })

  it.each(['failure', 'take', 'abort', 'stop'] as const)('after %s', async (end) => {
    for (const at of [0, 1, 5, 17]) {
      let seen = 0
      const source = range(0, 1000).pipe(map((n) => {
        if (seen++ === at && end === 'failure') throw BOOM
        return n
      }))
      const piped = end === 'take' ? make(source).pipe(take(at)) : make(source)
      const run = piped.to(forEach(async () => { await settle(1) }, { concurrency: 2 })).run()
      const over = run.then(() => {}, () => {})
      await settle(at)
      if (end === 'abort') await run.abort(BOOM)
      if (end === 'stop') expect((await run.stop()).abandoned).toBe(0)
      await over
      const { totals } = run.stats()
      expect(sumOf(totals), `${end} at ${at}: ${JSON.stringify(totals)}`).toBe(totals.read)
      for (const count of [totals.delivered, totals.abandoned, totals.failed, totals.dropped]) expect(count, end).toBeGreaterThanOrEqual(0)
      expect(totals.inFlight).toBe(0)
    }
  })
})

it('R62: the totals say why values were left out', async () => {
  const run = range(0, 40).pipe(
    filter(odd, { name: 'odd ones' }), map(bang(7), { onError: 'skip' }), buffer(1, { overflow: 'drop-newest' }),
  ).to(forEach(async () => { await settle(1) })).run()
  await run
  const { totals } = run.stats()
  expect(totals.dropped).toBeGreaterThan(0)
  expect(totals.reasons).toEqual({ absorbed: { 'odd ones': 20 }, skipped: { map: 1 }, dropped: { overflow: totals.dropped }, deadLettered: {}, failed: {} })
  expect(totals.delivered).toBe(19 - totals.dropped)
})

it('R62: while a run goes on, what is under way is told', async () => {
  const run = range(0).pipe(mapAsync(() => new Promise(() => {}), { concurrency: 4 })).to(drain()).run()
  await settle()
  expect(run.stats().totals).toMatchObject({ read: 4, inFlight: 4, abandoned: 0 })
  await run.abort(BOOM)
  await run.then(() => {}, () => {})
  expect(run.stats().totals).toMatchObject({ read: 4, inFlight: 0, abandoned: 4 })
})
