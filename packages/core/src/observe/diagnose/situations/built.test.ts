import { describe, expect, it } from 'vitest'
import { alsoTo, batch, batchWhileBusy, broadcast, buffer, debounce, delay, filter, flatMap, mapAsync, mapAsyncKeyed, merge, mergeMap, route, switchMap, throttle, wireTap } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { BoundedQueue, drain, forEach, from, fromProducer, interval, Limit, paginate, range, retry, Topic, toTopic, type Run, type RunOptions, type Source } from '../../../index'
import { SliceScheduler } from '../../../engine/slice-scheduler'
import { brief, inFull, saidInTime } from '../../../../test/stage-kit'

/** What people build, each with a cause that was written down before it was run: in virtual time. */
type Script = (clock: VirtualClock, options: RunOptions, also: (run: Run<unknown>) => void) => Run<unknown>

const endless = (): Source<number> => range(0)
const call = (clock: VirtualClock, ms: number) => async <T>(value: T): Promise<T> => { await clock.sleep(ms); return value }
async function* pages(clock: VirtualClock, ms: number): AsyncGenerator<number> {
  for (let n = 0; ; n++) {
    await clock.sleep(ms)
    yield n
  }
}
/** Files, read a page at a time. */
const files = (clock: VirtualClock, ms: number, per: number) => paginate(0, async (page: number) => {
  await clock.sleep(ms)
  return { items: Array.from({ length: per }, (_, n) => page * per + n), next: page + 1 }
}, { name: 'files' })
const body = (clock: VirtualClock, ms: number) => from(new ReadableStream<number>({ async pull(out) { await clock.sleep(ms); out.enqueue(1) } }), { name: 'body' })
const db = (clock: VirtualClock) => mapAsync(call(clock, 10), { concurrency: 4, name: 'db', onError: retry({ times: 2 }) })
const work = (clock: VirtualClock, ms: number, name: string) => (source: Source<number>) => source.pipe(mapAsync(call(clock, ms), { concurrency: 1, name }))
/** Two of three tries fail. */
function flaky(clock: VirtualClock): () => Promise<void> {
  let tries = 0
  return async () => {
    await clock.sleep(5)
    if (++tries % 3 > 0) throw new Error('ECONNRESET')
  }
}
const published = (clock: VirtualClock, also: (run: Run<unknown>) => void): Topic<number> => {
  const topic = new Topic<number>({ capacity: 16, clock })
  also(from(topic.subscribe({ policy: 'wait', name: 'mail' })).to(forEach(call(clock, 50))).run({ clock, scheduler: new SliceScheduler(clock) }))
  also(from(topic.subscribe({ policy: 'wait', name: 'log' })).to(forEach(call(clock, 1))).run({ clock, scheduler: new SliceScheduler(clock) }))
  return topic
}

const BUILT: Record<string, readonly [Script, string]> = {
  'files to a table, the database': [(c, o) => files(c, 50, 100).pipe(db(c), batch(50)).to(forEach(call(c, 5), { name: 'table' })).run(o), 'calls-full @ db (outside)'],
  'files to a table, the table': [(c, o) => files(c, 50, 100).pipe(db(c), batch(10)).to(forEach(call(c, 100), { name: 'table' })).run(o), 'sink-bound @ table (outside)'],
  'files to a table, the files': [(c, o) => files(c, 500, 20).pipe(db(c), batch(10)).to(forEach(call(c, 5), { name: 'table' })).run(o), 'source-bound @ files (outside)'],
  'the database, beside which a slow tap drops': [(c, o) => files(c, 50, 100).pipe(db(c), wireTap(forEach(call(c, 100), { name: 'archive' }))).to(drain()).run(o), 'calls-full @ db (outside)'],
  'three branches, one that writes slowly': [(c, o) => endless().pipe(broadcast([(s) => s.to(drain()), (s) => s.to(forEach(call(c, 30), { name: 'audit' })), work(c, 1, 'quick')])).to(drain()).run(o), 'slow-branch @ audit (branch)'],
  'branches behind calls, one that writes batches': [(c, o) => endless().pipe(db(c), broadcast([(s) => s.pipe(batch(10)).to(forEach(call(c, 300), { name: 'audit' })), (s) => s.pipe(filter(() => true))])).to(drain()).run(o), 'slow-branch @ audit (branch)'],
  'a limit in a branch': [(c, o) => endless().pipe(broadcast([(s) => s.pipe(mapAsync(call(c, 20), { concurrency: 8, limit: new Limit({ concurrency: 1, clock: c }), name: 'post' })).to(drain()), work(c, 1, 'quick')])).to(drain()).run(o), 'permits @ post (permit)'],
  'a second sink that is slow': [(c, o) => endless().pipe(mapAsync(call(c, 1), { concurrency: 4 }), alsoTo(forEach(call(c, 30), { name: 'archive' }))).to(drain()).run(o), 'sink-bound @ archive (outside)'],
  'a second sink that is slow, behind steps': [(c, o) => endless().pipe(filter(() => true), alsoTo(forEach(call(c, 30), { name: 'archive' })), filter(() => true)).to(forEach(() => {})).run(o), 'sink-bound @ archive (outside)'],
  'a router with a hot key': [(c, o) => endless().pipe(route({ eu: work(c, 10, 'eu'), us: work(c, 10, 'us'), asia: work(c, 10, 'asia') }, (n) => (n % 20 < 18 ? 'eu' : n % 20 === 18 ? 'us' : 'asia'), { name: 'route' })).to(drain()).run(o), 'skew @ route (route[eu])'],
  'an even router with a slow branch': [(c, o) => endless().pipe(route({ eu: work(c, 50, 'eu'), us: work(c, 1, 'us') }, (n) => (n % 2 ? 'eu' : 'us'), { name: 'route' })).to(drain()).run(o), 'slow-branch @ eu (branch)'],
  'a hot key behind calls': [(c, o) => endless().pipe(mapAsync(call(c, 1), { concurrency: 4 }), mapAsyncKeyed((n: number) => (n % 10 < 9 ? 'eu' : n % 7), call(c, 20), { concurrency: 8, perKey: 1, maxPending: 100, name: 'post' })).to(forEach(call(c, 1))).run(o), 'hot-key @ post ("eu")'],
  'a sink behind inner pipelines': [(c, o) => endless().pipe(mergeMap((n) => range(n, 10).pipe(mapAsync(call(c, 5), { concurrency: 1 })), { concurrency: 4 })).to(forEach(call(c, 20), { name: 'store' })).run(o), 'sink-bound @ store (outside)'],
  'calls behind a rate': [(c, o) => endless().pipe(throttle({ rate: 50 }), mapAsync(call(c, 100), { concurrency: 1, name: 'fetch' })).to(drain()).run(o), 'calls-full @ fetch (outside)'],
  'calls behind a delay': [(c, o) => endless().pipe(delay(50, { capacity: 100 }), mapAsync(call(c, 100), { concurrency: 1, name: 'fetch' })).to(drain()).run(o), 'calls-full @ fetch (outside)'],
  'one slow batch, in order': [(c, o) => endless().pipe(batch(5), mapAsync((each: number[]) => call(c, (each[0] as number) % 100 === 0 ? 800 : 5)(each), { concurrency: 4, capacity: 0, name: 'write' })).to(forEach(call(c, 1))).run(o), 'head-of-line @ write (order)'],
  'a storm of retries at a sink': [(c, o) => endless().to(forEach(flaky(c), { name: 'store', onError: retry({ times: 10, delayMs: 20 }) })).run(o), 'retry-storm @ store (retry)'],
  'a stream that is read': [(c, o) => body(c, 20).pipe(mapAsync(call(c, 5), { concurrency: 2 })).to(drain()).run(o), 'source-bound @ body (outside)'],
  'batches that grow while a sink writes': [(c, o) => endless().pipe(batchWhileBusy({ maxCount: 10 })).to(forEach(call(c, 100), { name: 'store' })).run(o), 'sink-bound @ store (outside)'],
  'a topic with two subscribers': [(c, o, also) => endless().pipe(mapAsync(call(c, 2), { concurrency: 4 })).to(toTopic(published(c, also), { name: 'publish' })).run(o), 'slow-subscriber @ publish (mail)'],
  'a producer that waits for room': [(c, o) => fromProducer<number>(async ({ push, signal }) => { for (let n = 0; !signal.aborted; n++) { await push(n); await c.sleep(1) } }, { capacity: 8 }).pipe(mapAsync(call(c, 50), { concurrency: 1, name: 'send' })).to(drain()).run(o), 'calls-full @ send (outside)'],
  'a filter that keeps little': [(c, o) => from(pages(c, 10), { name: 'scan' }).pipe(buffer(10), filter((n) => n % 100 === 0)).to(forEach(call(c, 5))).run(o), 'source-bound @ scan (outside)'],
  'two sources that come together before a sink': [(c, o) => merge(from(pages(c, 5)), from(pages(c, 7))).to(forEach(call(c, 20), { name: 'store' })).run(o), 'sink-bound @ store (outside)'],
  'lines of files, written one by one': [(c, o) => from(pages(c, 1)).pipe(mapAsync(call(c, 1), { concurrency: 4 }), flatMap((n: number) => Array.from({ length: 500 }, () => n), { name: 'lines' })).to(forEach(call(c, 1))).run(o), 'amplified @ lines (expansion)'],
  'a call that hangs in a branch': [(c, o) => endless().pipe(broadcast([(s) => s.pipe(mapAsync((n: number) => (n === 40 ? new Promise<number>(() => {}) : call(c, 5)(n)), { concurrency: 1, name: 'fetch' })).to(drain()), work(c, 1, 'quick')])).to(drain()).run({ ...o, closeDeadlineMs: 10 }), 'stalled @ fetch (call)'],
}

const HEALTHY: Record<string, Script> = {
  'a poller': (c, o) => interval(1000).pipe(mapAsync(call(c, 200), { concurrency: 1 }), flatMap((n) => [n, n])).to(forEach(call(c, 10))).run(o),
  'a stream that seldom gives': (c, o) => body(c, 1000).pipe(filter(() => true)).to(drain()).run(o),
  'a queue that another run fills slowly': (c, o) => { const queue = new BoundedQueue<number>({ capacity: 8, clock: c }); const put = () => { queue.tryPut(1); c.after(400, put) }; put(); return from(queue).pipe(mapAsync(call(c, 20), { concurrency: 1 })).to(drain()).run(o) },
  'a search that is always replaced': (c, o) => interval(100).pipe(switchMap((n) => from(call(c, 500)(n)))).to(drain()).run(o),
  'values that never rest': (_c, o) => interval(10).pipe(debounce(50)).to(drain()).run(o),
  'three stages that are as busy': (c, o) => endless().pipe(mapAsync(call(c, 20), { concurrency: 2 }), buffer(4), mapAsync(call(c, 20), { concurrency: 2 })).to(forEach(call(c, 20), { concurrency: 2 })).run(o),
  'a run whose source has ended': (c, o) => range(0, 500).pipe(buffer(1000)).to(forEach(call(c, 20))).run(o),
  'a run that is over': (c, o) => range(0, 100).pipe(mapAsync(call(c, 10), { concurrency: 1 })).to(drain()).run(o),
}

describe('what people build', () => {
  const said = async (script: Script) => {
    const clock = new VirtualClock()
    const others: Run<unknown>[] = []
    const found = await saidInTime(clock, script(clock, { clock, scheduler: new SliceScheduler(clock), onWarning: () => {} }, (run) => { others.push(run); run.catch(() => {}) }))
    for (const run of others) void run.abort()
    return found
  }

  it.each(Object.entries(BUILT))('X30: %s', async (_name, [script, expected]) => {
    const found = await said(script)
    expect(brief(found), inFull(found)).toBe(expected)
  })

  it.each(Object.entries(HEALTHY))('X31: %s', async (_name, script) => {
    const found = await said(script)
    expect(['none', 'info'], inFull(found)).toContain(found.severity)
  })
})
