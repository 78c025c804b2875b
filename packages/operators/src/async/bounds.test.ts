import { expect, it } from 'vitest'
import { Limit, range, retry, toArray, type Operator, WorkerPool } from '@sluice/core'
import { explore, VirtualClock } from '@sluice/testing'
import { filterAsync } from './filter-async'
import { mapAsync } from './map-async'
import { mapAsyncKeyed } from './map-async-keyed'
import { mapAsyncUnordered } from './map-async-unordered'
import { tapAsync } from './tap-async'

/** What may run at once, of all and of one key. */
interface Bounds { readonly all: number; readonly ofKey: number }

type Call = (n: number) => Promise<boolean>
interface Given { readonly concurrency: number; readonly perKey: number; readonly limit: Limit; readonly settleWithinMs: number; readonly retries: boolean }

const keyOf = (n: number): number => n % 3
const callOptions = ({ concurrency, settleWithinMs, retries }: Given) => ({
  concurrency, settleWithinMs, timeoutMs: 20, onError: retries ? retry<number>({ times: 2, delayMs: 5, then: 'skip' }) : 'skip',
}) as const
const bounded: Record<string, (call: Call, given: Given) => readonly [Operator<number, unknown>, Bounds]> = {
  mapAsync: (call, given) => [mapAsync(call, callOptions(given)), { all: given.concurrency, ofKey: Infinity }],
  mapAsyncUnordered: (call, given) => [mapAsyncUnordered(call, callOptions(given)), { all: given.concurrency, ofKey: Infinity }],
  tapAsync: (call, given) => [tapAsync(call, callOptions(given)), { all: given.concurrency, ofKey: Infinity }],
  filterAsync: (call, given) => [filterAsync(call, callOptions(given)), { all: given.concurrency, ofKey: Infinity }],
  mapAsyncKeyed: (call, given) => [mapAsyncKeyed(keyOf, call, { ...callOptions(given), perKey: given.perKey, order: 'unordered' }), { all: given.concurrency, ofKey: given.perKey }],
  'mapAsyncKeyed, per key': (call, given) => [mapAsyncKeyed(keyOf, call, { ...callOptions(given), perKey: given.perKey }), { all: given.concurrency, ofKey: given.perKey }],
  'a Limit': (call, given) => [mapAsync(call, { ...callOptions(given), concurrency: 8, limit: given.limit }), { all: given.limit.concurrency, ofKey: Infinity }],
}

/** Calls that take a random time, succeed or fail, and know nothing of a signal; and the most that ran at once. */
function callsOf(clock: VirtualClock, random: () => number) {
  const running = new Map<unknown, number>()
  const most = { all: 0, ofKey: 0 }
  const count = (key: unknown, by: number): number => {
    const now = (running.get(key) ?? 0) + by
    running.set(key, now)
    return now
  }
  const call: Call = async (n) => {
    most.all = Math.max(most.all, count('all', 1))
    most.ofKey = Math.max(most.ofKey, count(keyOf(n), 1))
    const ms = random() < 0.4 ? 20 + random() * 200 : random() * 20
    await clock.sleep(ms)
    count('all', -1)
    count(keyOf(n), -1)
    if (random() < 0.3) throw new Error('busy')
    return true
  }
  return { call, most, runningNow: () => running.get('all') ?? 0 }
}

async function mostOf(name: keyof typeof bounded  , random: () => number, settleWithinMs: number) {
  const clock = new VirtualClock()
  const below = (n: number): number => 1 + Math.floor(random() * n)
  const given: Given = { concurrency: below(4), perKey: below(2), limit: new Limit({ concurrency: below(3), clock }), settleWithinMs, retries: random() < 0.5 }
  const { call, most, runningNow } = callsOf(clock, random)
  const [operator, bounds] = (bounded[name] as (typeof bounded)[string])(call, given)
  const run = range(0, 30).pipe(operator).to(toArray()).run({ clock, random })
  const out = await clock.runOut(run)
  return { most, bounds, given, out, overrun: run.stats().stages[1]?.overrun, unstopped: run.unstopped, left: runningNow(), timers: clock.pendingTimers }
}

it.each(Object.keys(bounded))('R47: %s: never more calls run than allowed, whatever runs out of time, fails or is tried again', async (name) => {
  await explore(60, async ({ random, seed }) => {
    const { most, bounds, given, out, overrun, unstopped } = await mostOf(name, random, 10_000)
    expect(most.all, `seed ${seed}`).toBeLessThanOrEqual(bounds.all)
    expect(most.ofKey, `seed ${seed}`).toBeLessThanOrEqual(bounds.ofKey)
    expect(out.length, `seed ${seed}`).toBeLessThanOrEqual(30)
    expect([overrun, unstopped], `seed ${seed}`).toEqual([0, []])
    expect(given.limit.active).toBe(0)
  })
})

it.each(Object.keys(bounded))('R47: %s: the law bites: a place, key or permit that is given back at the timeout is caught', async (name) => {
  let broken = 0
  await explore(20, async ({ random }) => {
    const { most, bounds } = await mostOf(name, random, 0)
    if (most.all > bounds.all || most.ofKey > bounds.ofKey) broken++
  })
  expect(broken).toBeGreaterThan(0)
})

it('R47: a call that goes on after settleWithinMs is an overrun, its stage is named, and its place serves another', async () => {
  const clock = new VirtualClock()
  const startedAt: number[] = []
  const run = range(0, 3).pipe(mapAsync(async (n, { signal }) => {
    startedAt.push(clock.now())
    await clock.sleep(n === 0 ? 1_000_000 : 10)
    return signal.aborted
  }, { concurrency: 1, timeoutMs: 100, onError: 'skip', name: 'load' })).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([false, false])
  expect(startedAt).toEqual([0, 10_100, 10_110])
  expect(run.unstopped).toEqual(['load'])
  expect(run.stats().stages.map(({ name, overrun }) => [name, overrun])).toContainEqual(['load', 1])
})

it('R47: the next try of an item waits for the call that ran out of time, and each try has a signal of its own', async () => {
  const clock = new VirtualClock()
  const log: string[] = []
  const run = range(0, 1).pipe(mapAsync(async (_n, { attempt, signal }) => {
    log.push(`${attempt} at ${clock.now()}`)
    signal.addEventListener('abort', () => { log.push(`${attempt} aborted at ${clock.now()}`) })
    await clock.sleep(attempt === 1 ? 300 : 10)
    log.push(`${attempt} ends at ${clock.now()}, ${signal.aborted ? 'aborted' : 'wanted'}`)
    return attempt
  }, { concurrency: 1, timeoutMs: 100, onError: retry({ times: 1, delayMs: 50, jitter: 0 }) })).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([2])
  expect(log).toEqual(['1 at 0', '1 aborted at 100', '1 ends at 300, aborted', '2 at 300', '2 ends at 310, wanted'])
})

it('R47: an end waits a second at most for a call that ran out of time, and leaves no timer', async () => {
  const clock = new VirtualClock()
  const run = range(0, 2).pipe(mapAsync(async (n) => { if (n === 0) await new Promise(() => {}) }, { concurrency: 2, timeoutMs: 100, onError: 'skip' })).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([undefined])
  expect([run.unstopped, clock.pendingTimers, clock.now() < 2_000]).toEqual([['mapAsync'], 0, true])
})

it.each([[300, 400], [10_000, 1_100]])('R47: each call that is overdue when a run ends is an overrun; with settleWithinMs %i the end is at %i ms', async (settleWithinMs, endsAt) => {
  const clock = new VirtualClock()
  const limit = new Limit({ concurrency: 5, clock })
  const stuck = mapAsync(async (n: number) => { if (n < 3) await new Promise(() => {}) }, { concurrency: 4, timeoutMs: 100, settleWithinMs, limit, onError: 'skip' })
  const run = range(0, 4).pipe(stuck).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([undefined])
  expect([run.unstopped, run.stats().stages[1]?.overrun, clock.now(), clock.pendingTimers, limit.active]).toEqual([['mapAsync'], 3, endsAt, 0, 0])
})

it('Q89: a WorkerPool holds the slot of a worker that ran out of time until it stops, or settleWithinMs has passed', async () => {
  const clock = new VirtualClock()
  const startedAt: number[] = []
  const pool = new WorkerPool<number, void>(async (ms) => { startedAt.push(clock.now()); await clock.sleep(ms) }, { concurrency: 1, capacity: 8, timeoutMs: 100, settleWithinMs: 1_000, clock })
  const results = Promise.allSettled([pool.run(500), pool.run(5_000), pool.run(10)])
  await clock.runOut(results)
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  expect(startedAt).toEqual([0, 500, 1_600])
  expect([pool.overrun, pool.stats.failed, pool.stats.completed]).toEqual([1, 2, 1])
  pool.close()
  await clock.runOut(pool.drain())
})
