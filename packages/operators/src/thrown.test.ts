import { describe, expect, it } from 'vitest'
import { forEach, from, range, toArray, type Source } from '@sluice/core'
import { settle } from '@sluice/testing'
import {
  alsoTo, broadcast, circuitBreaker, concatMap, every, filter, flatMap, groupBy, map, mapAsync, mapAsyncKeyed, mapAsyncUnordered, mergeMap, partition, rateLimit, route, scan,
  share, supervise, tap, tapAsync, throttle,
} from './index'

/** What a program may throw or reject with: `reject()` alone rejects with undefined. */
const THROWN: readonly unknown[] = [undefined, null, 0, '', NaN, 'text', Symbol('s'), 1n, Object.freeze(new Error('frozen')), Object.create(null)]

type Call = (n: number) => number

/** A pipeline for each place in which a function of the user's may throw. */
const PLACES: Readonly<Record<string, (source: Source<number>, call: Call) => Source<unknown>>> = {
  map: (s, call) => s.pipe(map(call)),
  filter: (s, call) => s.pipe(filter(call)),
  flatMap: (s, call) => s.pipe(flatMap((n) => [call(n)])),
  scan: (s, call) => s.pipe(scan((_, n) => call(n), 0)),
  tap: (s, call) => s.pipe(tap(call)),
  every: (s, call) => s.pipe(every(call)),
  mapAsync: (s, call) => s.pipe(mapAsync(async (n) => call(n), { concurrency: 2 })),
  mapAsyncUnordered: (s, call) => s.pipe(mapAsyncUnordered(async (n) => call(n), { concurrency: 2 })),
  'mapAsyncKeyed, its call': (s, call) => s.pipe(mapAsyncKeyed((n) => n, async (n) => call(n), { concurrency: 2 })),
  'mapAsyncKeyed, its key': (s, call) => s.pipe(mapAsyncKeyed(call, async (n) => n, { concurrency: 2 })),
  tapAsync: (s, call) => s.pipe(tapAsync(async (n) => call(n), { concurrency: 2 })),
  throttle: (s, call) => s.pipe(throttle({ rate: 1e6, cost: call })),
  rateLimit: (s, call) => s.pipe(rateLimit({ rate: 1e6, key: call })),
  'an inner source of concatMap': (s, call) => s.pipe(concatMap((n) => from([n]).pipe(map(call)))),
  'an inner source of mergeMap': (s, call) => s.pipe(mergeMap((n) => from([n]).pipe(map(call)), { concurrency: 2 })),
  'an inner source that works ahead': (s, call) => s.pipe(mergeMap((n) => from([n]).pipe(mapAsync(async (m) => { await settle(1); return call(m) }, { concurrency: 1 })), { concurrency: 2 })),
  supervise: (s, call) => s.pipe(supervise(map(call), () => 'fail')),
  circuitBreaker: (s, call) => s.pipe(circuitBreaker(map(call), { circuit: { failures: 9, resetMs: 1 } })),
  groupBy: (s, call) => s.pipe(groupBy(call, { maxGroups: 3 }), mergeMap((group) => group.source, { concurrency: 3 })),
  'a group': (s, call) => s.pipe(groupBy((n) => n, { maxGroups: 3 }), mergeMap((group) => group.source.pipe(map(call)), { concurrency: 3 })),
  'a branch of broadcast': (s, call) => s.pipe(broadcast([(branch: Source<number>) => branch.pipe(map(call)), (branch: Source<number>) => branch])),
  'a sink of broadcast': (s, call) => s.pipe(broadcast([(branch: Source<number>) => branch.to(forEach(call)), (branch: Source<number>) => branch])),
  'the sink of alsoTo': (s, call) => s.pipe(alsoTo(forEach(call))),
  partition: (s, call) => s.pipe(partition(call, (branch) => branch, (branch) => branch)),
  route: (s, call) => s.pipe(route({ all: (branch: Source<number>) => branch }, (n) => (call(n) > 0 ? 'all' : 'all'))),
  share: (s, call) => share(s.pipe(map(call))),
}

describe.each(Object.entries(PLACES))('R4: whatever is thrown fails the run, and is told with its item: %s', (_, make) => {
  it.each(THROWN)('%p', async (thrown) => {
    const run = make(from([1, 2, 3]), (n) => {
      if (n === 2) throw thrown
      return n
    }).to(toArray()).run()
    const outcome = await run.then(() => 'no failure', (error: unknown) => ({ error }))
    expect(outcome).toEqual({ error: thrown })
    expect(run.failure).toMatchObject({ item: 2, suppressed: [] })
  })
})

it('R4: groups that are read by runs of their own fail with the run, also where it failed with undefined', async () => {
  const ends: unknown[] = []
  const run = range(0, 100).pipe(groupBy((n) => n % 2, { maxGroups: 2 })).to(forEach(({ key, source }) => {
    if (key === 1) throw undefined
    source.to(toArray()).run().then((values) => ends.push(['completed', values]), (error: unknown) => ends.push(['failed', error]))
  })).run()
  await expect(run).rejects.toBe(undefined)
  await settle(5)
  expect(ends).toEqual([['failed', undefined]])
})
