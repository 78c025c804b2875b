import { describe, expect, it } from 'vitest'
import {
  BoundedQueue, defer, drain, forEach, from, fromProducer, interval, never, paginate, range, retry as again, toArray, using, type Operator, type Source,
} from '@sluice/core'
import { settle, VirtualClock } from '@sluice/testing'
import {
  buffer, catchError, circuitBreaker, concatWith, concatMap, deadLetterItem, exhaustMap, expand, flatMap, groupBy, map, mapAsync, mergeWith, mergeMap, restart, retrySource, retryItem, share, supervise, switchMap,
} from './index'

const BOOM = new Error('boom')
/** Values without end, in bursts. */
async function* numbers(read: { count: number }): AsyncGenerator<number> {
  for (;;) {
    if (read.count % 16 === 0) await settle(1)
    yield read.count++
  }
}
/** Fails after some turns of the loop, without a value. */
function failingAfter(turns: number): AsyncIterable<number> {
  return { [Symbol.asyncIterator]: () => ({ next: async () => { await settle(turns); throw BOOM } }) }
}

const id = map((n: number) => n)

describe('R63: a stop deals with what was read, whatever opens a source for it', () => {
  it.each<[string, Operator<number, number>]>([
    ['mapAsync', mapAsync(async (n) => n, { concurrency: 4 })],
    ['concatMap', concatMap(async (n) => n)],
    ['mergeMap', mergeMap((n) => [n], { concurrency: 4 })],
    ['mergeMap of generators', mergeMap(async function* (n: number) { await settle(1); yield n }, { concurrency: 4 })],
    ['supervise', supervise(id, 'skip')],
    ['retryItem', retryItem(id, { times: 1 })],
    ['deadLetterItem', deadLetterItem(id, drain() as never)],
    ['circuitBreaker', circuitBreaker(id, { circuit: { failures: 1, resetMs: 10 } })],
    ['groupBy', (s) => s.pipe(groupBy((n) => n % 7, { maxGroups: 7 }), mergeMap((group) => group.source, { concurrency: 7 }))],
    ['groupBy that evicts', (s) => s.pipe(groupBy((n) => n % 50, { maxGroups: 3, onGroupLimit: 'evict' }), mergeMap((group) => group.source.pipe(buffer(2)), { concurrency: 10 }))],
    ['share', (s) => share(s)],
    ['defer', (s) => defer(() => s)],
    ['using', (s) => using(() => 1, () => s, () => {})],
  ])('%s', async (_name, operator) => {
    for (const turns of [3, 10, 30]) {
      const read = { count: 0 }
      let written = 0
      const run = from(numbers(read)).pipe(buffer(50), operator).to(forEach(async () => { written++; await settle(1) })).run()
      await settle(turns)
      const report = await run.stop()
      expect(report).toMatchObject({ status: 'completed', abandoned: 0, pendingReads: 0, deadlineExceeded: false, unstopped: [] })
      // One value may have come after the generator was told.
      expect(read.count - written).toBeLessThanOrEqual(1)
    }
  })

  it.each<[string, Operator<number, number>]>([['switchMap', switchMap((n) => [n])], ['exhaustMap', exhaustMap((n) => [n])]])('%s drops what it is made to drop, and counts it', async (_name, operator) => {
    const read = { count: 0 }
    const run = from(numbers(read)).pipe(buffer(50), operator).to(forEach(async () => { await settle(1) })).run()
    await settle(10)
    expect((await run.stop()).abandoned).toBe(0)
  })
})

describe('R64: a live source ends wherever it stands', () => {
  it.each<[string, () => Source<unknown>]>([
    ['interval', () => interval(1000)],
    ['never', () => never()],
    ['a queue', () => from(new BoundedQueue<number>({ capacity: 1 }))],
    ['a producer', () => fromProducer(async ({ signal }) => { await new Promise((resolve) => { signal.addEventListener('abort', resolve) }) })],
    ['an interval inside', () => from([1, 2]).pipe(mergeMap(() => interval(1000), { concurrency: 2 }))],
    ['a shared interval inside', () => from([1, 2]).pipe(mergeMap(() => share(interval(1000)), { concurrency: 2 }))],
    ['one shared interval, read twice inside', () => { const shared = share(interval(1000), { startAt: 2 }); return from([1, 2]).pipe(mergeMap(() => shared, { concurrency: 2 })) }],
    ['a shared interval behind a shared one, inside', () => from([1]).pipe(mergeMap(() => share(share(interval(1000))), { concurrency: 1 }))],
    ['a queue inside a wrapper', () => defer(() => from(new BoundedQueue<number>({ capacity: 1 })).pipe(map((n) => n)))],
    ['a live source beside others', () => range(0, 3).pipe(mergeWith(never()))],
  ])('%s', async (_name, make) => {
    const clock = new VirtualClock()
    const run = make().to(toArray()).run({ clock })
    await settle()
    // Virtual time stands still: a stop that waits for anything would not come back.
    expect(await run.stop()).toMatchObject({ status: 'completed', deadlineExceeded: false, pendingReads: 0, unstopped: [] })
    expect(clock.pendingTimers).toBe(0)
  })

  it('a shared source that ends by itself and was opened for an item is read to its end', async () => {
    const run = from([1]).pipe(mergeMap(() => share(from((async function* () { for (let n = 0; n < 5; n++) { await settle(1); yield n } })())), { concurrency: 1 })).to(toArray()).run()
    await settle(3)
    expect(await run.stop()).toMatchObject({ status: 'completed', abandoned: 0 })
    expect(await run).toEqual([0, 1, 2, 3, 4])
  })

  it('what a producer has pushed comes out, and a value that nobody has taken stays in its queue', async () => {
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const got: number[] = []
    const run = fromProducer<number>(async ({ push }) => { for (let i = 0; i < 5; i++) await push(i); await new Promise(() => {}) }, { capacity: 8 })
      .pipe(mapAsync(async (n) => { await settle(3); return n }, { concurrency: 1 })).to(forEach((n) => { got.push(n) })).run({ closeDeadlineMs: 50 })
    await settle(2)
    await run.stop()
    expect(got).toEqual([0, 1, 2, 3, 4])
    const reader = from(queue).to(drain()).run()
    await settle()
    await reader.stop()
    await queue.put(1)
    expect(queue.size).toBe(1)
  })
})

describe('R65: no further round is begun', () => {
  it.each<[string, (rounds: { count: number }) => Source<unknown>]>([
    ['retrySource', (rounds) => defer(() => { rounds.count++; return from(failingAfter(3)) }).pipe(retrySource({ times: 1e6, delayMs: 0 }))],
    ['restart', (rounds) => defer(() => { rounds.count++; return from([1]) }).pipe(restart({ delayMs: 10_000, maxDelayMs: 10_000, onComplete: true }))],
    ['catchError', (rounds) => from(failingAfter(5)).pipe(catchError(() => { rounds.count++; return range(0) }))],
    ['concatWith', (rounds) => from((async function* () { await settle(5); yield 1 })()).pipe(concatWith(defer(() => { rounds.count += 100; return range(0) })))],
    ['paginate', (rounds) => paginate(0, async (page) => { rounds.count++; await settle(2); return { items: [page], next: page + 1 } })],
  ])('%s', async (_name, make) => {
    const rounds = { count: 0 }
    const run = make(rounds).to(drain()).run()
    await settle(4)
    const before = rounds.count
    expect((await run.stop()).status).toBe('completed')
    expect(rounds.count - before).toBeLessThanOrEqual(1)
  })

  it('an endless row made of one value ends with it', async () => {
    const run = from([1]).pipe(mergeWith(never()), expand(function* (n: number) { for (;;) yield n })).to(forEach(async () => { await settle(1) })).run()
    await settle(5)
    expect((await run.stop()).status).toBe('completed')
  })
})

describe('R66: a read that is out is awaited until the deadline', () => {
  it('its value is delivered, and no further one is asked for', async () => {
    let asked = 0
    let give!: (value: IteratorResult<number>) => void
    const slow = { [Symbol.asyncIterator]: () => ({ next: async () => { asked++; return new Promise<IteratorResult<number>>((resolve) => { give = resolve }) } }) }
    const run = from(slow).to(toArray()).run()
    await settle()
    const stopping = run.stop()
    await settle()
    give({ done: false, value: 7 })
    expect(await stopping).toMatchObject({ status: 'completed', pendingReads: 0 })
    expect(await run).toEqual([7])
    expect(asked).toBe(1)
  })

  it.each([undefined, 50])('with deadlineMs %s a source that never answers is named, and the rest of the run completes', async (deadlineMs) => {
    const clock = new VirtualClock()
    const stuck = { [Symbol.asyncIterator]: () => ({ next: async () => new Promise<IteratorResult<number>>(() => {}) }) }
    const run = from(stuck).pipe(mergeWith([1, 2]), flatMap((n) => [n, n])).to(toArray()).run({ clock, closeDeadlineMs: 200 })
    await settle()
    const report = await clock.runOut(run.stop({ deadlineMs }))
    expect(report).toMatchObject({ status: 'completed', deadlineExceeded: true, pendingReads: 1, unstopped: ['from'], abandoned: 0, elapsedMs: deadlineMs ?? 200 })
    expect(await run).toEqual([1, 1, 2, 2])
  })

  it('what else has not ended is cut off, counted and named', async () => {
    const clock = new VirtualClock()
    const run = range(0, 100).pipe(buffer(10), mapAsync(() => new Promise(() => {}), { concurrency: 2, onError: again({ times: 1 }) })).to(drain()).run({ clock })
    run.then(() => {}, () => {})
    await settle()
    const report = await clock.runOut(run.stop({ deadlineMs: 100 }))
    expect(report).toMatchObject({ status: 'aborted', deadlineExceeded: true, pendingReads: 0 })
    expect(report.abandoned).toBe(run.stats().totals.read)
    expect(report.unstopped).toEqual(expect.arrayContaining(['buffer', 'mapAsync']))
  })

  const failing = map((_n: number): number => { throw BOOM })
  const later = again<number>({ times: 3, delayMs: 1e6, jitter: 0 })
  it.each<[string, string, Operator<number, number>]>([
    ['map', 'map', map((_n: number): number => { throw BOOM }, { onError: later })],
    ['mapAsync', 'mapAsync', mapAsync(async (_n: number): Promise<number> => { throw BOOM }, { concurrency: 1, onError: later })],
    ['retryItem', 'retryItem', retryItem(failing, { times: 3, delayMs: 1e6 })],
    ['mergeMap', 'mergeMap', mergeMap((_n: number): number[] => { throw BOOM }, { concurrency: 1, onError: later })],
    ['circuitBreaker that waits', 'circuitBreaker', circuitBreaker(failing, { circuit: { failures: 1, resetMs: 1e6 }, whenOpen: 'wait', onError: again({ times: 3, delayMs: 0 }) })],
    ['a slow dead letter', 'deadLetterItem', deadLetterItem(failing, { name: 'letters', open: () => ({ write: () => new Promise<void>(() => {}), end() {} }) })],
    ['mergeMap whose inner source never answers', 'mergeMap', mergeMap(() => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }) }), { concurrency: 1 })],
  ])('an item that waits for its next try is a reason that is named: %s', async (_name, stage, operator) => {
    const clock = new VirtualClock()
    const run = from([1]).pipe(operator).to(drain()).run({ clock, closeDeadlineMs: 50 })
    run.then(() => {}, () => {})
    await settle(20)
    const report = await clock.runOut(run.stop({ deadlineMs: 100 }))
    expect(report).toMatchObject({ status: 'aborted', deadlineExceeded: true, abandoned: 1 })
    expect(report.unstopped).toContain(stage)
  })

  it('await using has the same deadline', async () => {
    const clock = new VirtualClock()
    const stuck = { [Symbol.asyncIterator]: () => ({ next: async () => new Promise<IteratorResult<number>>(() => {}) }) }
    const run = from(stuck).to(toArray()).run({ clock, closeDeadlineMs: 30 })
    await settle()
    await clock.runOut(run[Symbol.asyncDispose]())
    expect([run.status, clock.now(), run.unstopped]).toEqual(['completed', 30, ['from']])
  })
})
