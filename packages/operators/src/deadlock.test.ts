import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  BoundedQueue, DeadlockError, drain, empty, forEach, from, never, range, toArray, type Operator, type Run,
  type Source,
} from '@sluice/core'
import { operator } from '@sluice/core/authoring'
import { VirtualClock, settle } from '@sluice/testing'
import { batch, broadcast, buffer, debounce, filter, groupBy, map, mapAsync, mergeWith, mergeMap, share, skip, takeUntil, zipWith, type Group } from './index'

// A deadlock is told of on the console as well: see the tests of warnings.
beforeEach(() => { vi.spyOn(console, 'warn').mockImplementation(() => {}) })
afterEach(() => { vi.restoreAllMocks() })

/** How a run ends, or `waiting` where it has not ended after everything has come to rest. */
async function endOf(run: Run<unknown>): Promise<unknown> {
  let end: unknown = 'waiting'
  run.then(() => { end = 'completed' }, (error: unknown) => { end = error })
  await settle(30)
  return end
}

/** Four groups of which two are read. */
const tooFewReaders = (source: Source<number>, capacity = 2): Source<number> =>
  source.pipe(groupBy((n) => n % 4, { maxGroups: 4, capacity }), mergeMap((group) => group.source, { concurrency: 2 }))

/** One branch of a broadcast that has to be read far ahead of the other, which is joined to it. */
function crossed(ahead: number): Operator<number, unknown> {
  let left: Source<number> = empty()
  return broadcast([
    (source: Source<number>) => { left = source; return empty() },
    (source: Source<number>) => source.pipe(zipWith(left.pipe(skip(ahead)))),
  ] as never)
}

describe('R60: where every stage waits for another one of the run, the run fails and names the circle', () => {
  it.each<[string, () => Source<unknown>, string[]]>([
    ['groupBy with more groups than are read', () => tooFewReaders(range(0, 100)), ['groupBy', 'mergeMap']],
    ['the same over an asynchronous source that has ended', () => tooFewReaders(from((async function* () { for (let i = 0; i < 50; i++) yield i })())), ['groupBy', 'mergeMap']],
    ['the same behind a buffer', () => tooFewReaders(range(0, 100).pipe(buffer(5))), ['groupBy', 'mergeMap']],
    ['zip over a shared source and batches of it', () => { const s = share(range(0, 100), { startAt: 2, capacity: 4 }); return s.pipe(zipWith(s.pipe(batch(3)))) }, ['share', 'zipWith']],
    ['zip over branches of one broadcast', () => range(0, 100).pipe(crossed(40)), ['broadcast', 'zipWith']],
  ])('%s', async (_name, make, names) => {
    const run = make().to(drain()).run()
    const end = await endOf(run)
    expect(end).toBeInstanceOf(DeadlockError)
    for (const name of names) expect((end as DeadlockError).circle).toContain(name)
    expect((end as DeadlockError).message).toContain(names[0])
    expect(run.failure?.stage).toBe(names[0])
  })

  it('the law bites: a stage that says it waits for the outside, and does not, makes a circle that nobody sees', async () => {
    const claiming = operator<number, number>('claiming', (upstream, stage) => {
      stage.waitFor('external')
      return { pull: (into, limit) => upstream.pull(into, limit) }
    })
    const run = tooFewReaders(range(0, 100)).pipe(claiming).to(drain()).run()
    expect(await endOf(run)).toBe('waiting')
    await run.abort()
  })

  it('what was read is counted', async () => {
    const run = tooFewReaders(range(0, 100)).to(drain()).run()
    await endOf(run)
    const { read, delivered, abandoned } = run.stats().totals
    expect(abandoned).toBeGreaterThan(0)
    expect(delivered + abandoned).toBe(read)
  })
})

describe('R61: one wait for something outside, and a run that stands still does not fail', () => {
  it.each<[string, () => Source<unknown>]>([
    ['a source that may still give a value', () => tooFewReaders(range(0, 100).pipe(mergeWith(never())))],
    ['a shared source whose other reader is in another run', () => {
      const s = share(range(0, 100), { startAt: 2, capacity: 2 })
      s.to(forEach(() => new Promise(() => {}))).run().then(() => {}, () => {})
      return s
    }],
    ['a queue', () => tooFewReaders(range(0, 100)).pipe(mergeWith(new BoundedQueue<number>({ capacity: 1 })))],
    ['a signal that ends the stage', () => tooFewReaders(range(0, 100)).pipe(takeUntil(new AbortController().signal))],
    ['a promise that ends the stage', () => tooFewReaders(range(0, 100)).pipe(takeUntil(new Promise(() => {})))],
    ['a call that is out', () => tooFewReaders(range(0, 100)).pipe(mapAsync(() => new Promise(() => {}), { concurrency: 1 }))],
    ['enough readers', () => range(0, 10).pipe(groupBy((n) => n % 4, { maxGroups: 4 }), mergeMap((group) => group.source.pipe(mapAsync(() => new Promise(() => {}), { concurrency: 1 })), { concurrency: 4 }))],
  ])('%s', async (_name, make) => {
    const run = make().to(toArray()).run()
    expect(await endOf(run)).toBe('waiting')
    await run.abort()
    await run.then(() => {}, () => {})
  })

  it('a pause', async () => {
    const run = range(0, 100).pipe(map((n) => { if (n === 1) run.pause(); return n }), groupBy((n) => n % 2, { maxGroups: 2 }), mergeMap((group) => group.source, { concurrency: 2 })).to(toArray()).run()
    expect(await endOf(run)).toBe('waiting')
    run.resume()
    expect(await run).toHaveLength(100)
  })

  it('a group that another run opens within a second', async () => {
    const clock = new VirtualClock()
    const sums: Promise<number[]>[] = []
    const run = range(0, 60).pipe(groupBy((n) => n % 3, { maxGroups: 3, capacity: 2 })).to(forEach((group) => {
      sums.push(clock.sleep(900).then(() => group.source.to(toArray()).run({ clock })))
    })).run({ clock })
    await clock.runOut(run.then(() => {}))
    expect((await clock.runOut(Promise.all(sums))).map(({ length }) => length)).toEqual([20, 20, 20])
    expect(clock.pendingTimers).toBe(0)
  })

  it.each<[string, Operator<Group<number, number>, unknown>]>([
    ['nobody opens', map((group) => group)],
    ['are filtered out', filter((group) => group.key !== 1)],
  ])('R60: groups that %s are a deadlock after that second', async (_name, between) => {
    const clock = new VirtualClock()
    const run = range(0, 60).pipe(groupBy((n) => n % 3, { maxGroups: 3, capacity: 2 }), between).to(drain()).run({ clock })
    const end = await clock.runOut(run.then(() => undefined, (error: unknown) => error))
    expect(end).toBeInstanceOf(DeadlockError)
    expect([clock.now(), clock.pendingTimers]).toEqual([1000, 0])
  })

  it.each<[string, Operator<number, unknown>, unknown[]]>([
    ['batch', batch<number>(9, { withinMs: 5 }), [[0, [0, 1, 2, 3, 4]], [1, [5]], [2, [6]], [3, [7]]]],
    ['debounce', debounce<number>(10), [[0, 4], [1, 5], [2, 6], [3, 7]]],
  ])('a shared source read twice, where a timer lets the reader that is behind go on: %s', async (_name, timed, expected) => {
    const clock = new VirtualClock()
    const s = share(range(0, 8), { startAt: 2, capacity: 4 })
    expect(await clock.runOut(s.pipe(zipWith(s.pipe(timed))).to(toArray()).run({ clock }))).toEqual(expected)
  })

  it('a timer', async () => {
    const clock = new VirtualClock()
    const run = tooFewReaders(range(0, 100)).pipe(mapAsync(async (n) => { await clock.sleep(1000); return n }, { concurrency: 1 })).to(drain()).run({ clock })
    expect(await endOf(run)).toBe('waiting')
    await clock.runOut(run.then(() => {}, (error: unknown) => { expect(error).toBeInstanceOf(DeadlockError) }))
  })
})
