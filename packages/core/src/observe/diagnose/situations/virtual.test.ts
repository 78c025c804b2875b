import { describe, expect, it } from 'vitest'
import {
  balance, batch, batchWhileBusy, broadcast, buffer, debounce, delay, filter, flatMap, Gate, map, mapAsync, mapAsyncKeyed, mapAsyncUnordered, partition, pauseWhen, rateLimit, tap, throttle, zipWith,
} from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { BoundedQueue, count, drain, forEach, from, interval, Limit, never, range, retry, Topic, toTopic, type Diagnosis, type Run, type RunOptions, type Source } from '../../../index'
import { SliceScheduler } from '../../../engine/slice-scheduler'
import { brief, inFull, saidInTime } from '../../../../test/stage-kit'

/** Situations with a known cause, in virtual time: what is waited for, and never the CPU. Each ends in `verdict @ stage (cause)`. */
type Script = (clock: VirtualClock, run: { readonly options: RunOptions }) => Run<unknown>

/** Slices of time are virtual too: a busy machine ends none in the middle, and no time passes before everything has come to rest. */
const inTime = (clock: VirtualClock): RunOptions => ({ clock, scheduler: new SliceScheduler(clock) })

const endless = (): Source<number> => range(0)
/** A queue that has a value whenever one is taken. */
function filledQueue(): BoundedQueue<number> {
  const queue = new BoundedQueue<number>({ capacity: 16 })
  void (async () => { for (let n = 0; ; n++) await queue.put(n) })().catch(() => {})
  return queue
}
const call = (clock: VirtualClock, ms: number) => async <T>(value: T): Promise<T> => {
  await clock.sleep(ms)
  return value
}
/** A generator that reads pages. */
async function* pages(clock: VirtualClock, ms: number): AsyncGenerator<number> {
  for (let n = 0; ; n++) {
    await clock.sleep(ms)
    yield n
  }
}
const parse = map((n: number) => n + 1, { name: 'parse' })

const SITUATIONS: Record<string, readonly [Script, string]> = {
  'calls of an operator': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 20), { concurrency: 4, name: 'enrich' })).to(drain()).run(options), 'calls-full @ enrich (outside)'],
  'calls of an operator behind a fused chain': [(clock, { options }) => endless().pipe(parse, filter((n) => n > 0), mapAsync(call(clock, 20), { concurrency: 4, name: 'enrich' }), parse).to(drain()).run(options), 'calls-full @ enrich (outside)'],
  'calls of the first of two': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 30), { concurrency: 2, name: 'fetch' }), mapAsync(call(clock, 2), { concurrency: 2, name: 'enrich' })).to(drain()).run(options), 'calls-full @ fetch (outside)'],
  'calls of the second of two': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 2), { concurrency: 2, name: 'fetch' }), mapAsyncUnordered(call(clock, 30), { concurrency: 2, name: 'enrich' })).to(drain()).run(options), 'calls-full @ enrich (outside)'],
  'the sink': [(clock, { options }) => endless().to(forEach(call(clock, 10), { name: 'store' })).run(options), 'sink-bound @ store (outside)'],
  'the sink behind calls and a buffer': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 5), { concurrency: 8 }), buffer(64)).to(forEach(call(clock, 10), { name: 'store' })).run(options), 'sink-bound @ store (outside)'],
  'a sink with several writes': [(clock, { options }) => endless().pipe(parse).to(forEach(call(clock, 10), { concurrency: 3, name: 'store' })).run(options), 'sink-bound @ store (outside)'],
  'a source that is read': [(clock, { options }) => from(pages(clock, 20), { name: 'pages' }).pipe(parse, mapAsync(call(clock, 20), { concurrency: 4 })).to(drain()).run(options), 'source-bound @ pages (outside)'],
  'a source that is read, before a sink': [(clock, { options }) => from(pages(clock, 20), { name: 'pages' }).to(forEach(call(clock, 2))).run(options), 'source-bound @ pages (outside)'],
  'one of four calls, of a source that gives no more': [(clock, { options }) => from(pages(clock, 25), { name: 'pages' }).pipe(mapAsync(call(clock, 24), { concurrency: 4, name: 'enrich' })).to(drain()).run(options), 'source-bound @ pages (outside)'],
  'a rate of its own': [(clock, { options }) => endless().pipe(throttle({ rate: 50, name: 'pace' })).to(drain()).run(options), 'own-rate @ pace (rate)'],
  'a rate of its own between calls': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 2), { concurrency: 4 }), rateLimit({ rate: 50, name: 'pace' }), mapAsync(call(clock, 2), { concurrency: 4 })).to(drain()).run(options), 'own-rate @ pace (rate)'],
  'a limit that is too low for the stage': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 20), { concurrency: 8, limit: new Limit({ concurrency: 2, clock }), name: 'post' })).to(drain()).run(options), 'permits @ post (permit)'],
  'a limit, behind other calls': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 2), { concurrency: 8 }), mapAsync(call(clock, 20), { concurrency: 8, limit: new Limit({ concurrency: 2, clock }), name: 'post' })).to(drain()).run(options), 'permits @ post (permit)'],
  'a gate that is shut': [(clock, { options }) => endless().pipe(pauseWhen(new Gate({ open: false }), { name: 'valve' })).to(drain()).run(options), 'gate @ valve (gate)'],
  'one slow call before seven that are done': [(clock, { options }) => endless().pipe(mapAsync((n: number) => call(clock, n % 20 === 0 ? 500 : 5)(n), { concurrency: 8, name: 'fetch' })).to(drain()).run(options), 'head-of-line @ fetch (order)'],
  'a storm of retries': [(clock, { options }) => {
    let tries = 0
    return endless().pipe(mapAsync(async (n: number) => { await clock.sleep(5); if (++tries % 3 > 0) throw new Error('ECONNRESET'); return n }, { concurrency: 4, name: 'post', onError: retry({ times: 10, delayMs: 20 }) })).to(drain()).run(options)
  }, 'retry-storm @ post (retry)'],
  'a branch of several': [(clock, { options }) => endless().pipe(broadcast([(s) => s.pipe(mapAsync(call(clock, 20), { concurrency: 1, name: 'audit' })), (s) => s.pipe(mapAsync(call(clock, 1), { concurrency: 4, name: 'quick' }))])).to(drain()).run(options), 'slow-branch @ audit (branch)'],
  'calls before the branches': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 20), { concurrency: 2, name: 'fetch' }), broadcast([(s) => s.pipe(mapAsync(call(clock, 1), { concurrency: 1 })), (s) => s.pipe(parse)])).to(drain()).run(options), 'calls-full @ fetch (outside)'],
  'a source that is read, before branches': [(clock, { options }) => from(pages(clock, 20), { name: 'pages' }).pipe(broadcast([(s) => s.pipe(mapAsync(call(clock, 1), { concurrency: 1 })), (s) => s.pipe(parse)])).to(drain()).run(options), 'source-bound @ pages (outside)'],
  'a rate of its own in a branch': [(clock, { options }) => endless().pipe(broadcast([(s) => s.pipe(throttle({ rate: 50, name: 'pace' })), (s) => s.pipe(parse)])).to(drain()).run(options), 'own-rate @ pace (rate)'],
  'a sink in a branch': [(clock, { options }) => endless().pipe(broadcast([(s) => s.to(forEach(call(clock, 20), { name: 'audit' })), (s) => s.pipe(mapAsync(call(clock, 1), { concurrency: 4, name: 'quick' }))])).to(drain()).run(options), 'slow-branch @ audit (branch)'],
  'the slow side of a zip': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 2), { concurrency: 4, name: 'orders' }), zipWith(endless().pipe(mapAsync(call(clock, 40), { concurrency: 1, name: 'prices' })))).to(drain()).run(options), 'starved-side @ prices (input)'],
  'a partition of 92 to 8': [(clock, { options }) => endless().pipe(partition((n: number) => n % 100 < 92, (s) => s.pipe(mapAsync(call(clock, 10), { concurrency: 1, name: 'eu' })), (s) => s.pipe(mapAsync(call(clock, 10), { concurrency: 1, name: 'us' })), { name: 'route' })).to(drain()).run(options), 'skew @ route (route[true])'],
  'a thousand of each, before work': [(clock, { options }) => endless().pipe(flatMap((n: number) => Array.from({ length: 1000 }, () => n), { name: 'explode' }), mapAsync(call(clock, 1), { concurrency: 1, name: 'work' })).to(drain()).run(options), 'amplified @ explode (expansion)'],
  'values that overflow': [(clock, { options }) => interval(5).pipe(buffer(10, { overflow: 'drop-oldest', name: 'latest' })).to(forEach(call(clock, 50))).run(options), 'loss @ latest (overflow)'],
  'values that are too many for a branch': [(clock, { options }) => interval(5).pipe(parse, buffer(1, { overflow: 'latest', name: 'newest' }), mapAsync(call(clock, 50), { concurrency: 1 })).to(drain()).run(options), 'loss @ newest (overflow)'],
  'a sink that hangs': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 5), { concurrency: 4 })).to(forEach((n) => (n < 20 ? clock.sleep(5) : new Promise<void>(() => {})), { name: 'store' })).run({ ...options, closeDeadlineMs: 10 }), 'stalled @ store (call)'],
  'a call that hangs': [(clock, { options }) => endless().pipe(parse, mapAsync((n: number) => (n < 20 ? call(clock, 5)(n) : new Promise<number>(() => {})), { concurrency: 2, name: 'fetch' }), mapAsync(call(clock, 5), { concurrency: 2 })).to(drain()).run({ ...options, closeDeadlineMs: 10 }), 'stalled @ fetch (call)'],
  'one key that has most values': [(clock, { options }) => endless().pipe(mapAsyncKeyed((n: number) => (n % 10 < 9 ? 'eu' : n % 7), call(clock, 20), { concurrency: 8, perKey: 1, maxPending: 100, name: 'post' })).to(drain()).run(options), 'hot-key @ post ("eu")'],
  'a subscriber that is slow': [(clock, { options }) => {
    const topic = new Topic<number>({ capacity: 16, clock })
    const slow = topic.subscribe({ policy: 'wait', name: 'mail' })
    void (async () => { for await (const _ of slow) await clock.sleep(50) })().catch(() => {})
    return endless().to(toTopic(topic, { name: 'publish' })).run(options)
  }, 'slow-subscriber @ publish (mail)'],
  'weight near its bound': [(clock, { options }) => endless().pipe(buffer(64, { weigh: () => 100, maxWeight: 300, name: 'photos' })).to(forEach(call(clock, 20))).run(options), 'memory @ photos (weight)'],
  'work dealt out, with calls behind': [(clock, { options }) => endless().pipe(balance(2, (s) => s.pipe(mapAsync(call(clock, 20), { concurrency: 1, name: 'work' })))).to(drain()).run(options), 'calls-full @ work (outside)'],
  'calls before a batch that is seldom full': [(clock, { options }) => endless().pipe(mapAsync(call(clock, 5), { concurrency: 1, name: 'slow' }), batch(10, { withinMs: 20 })).to(forEach(call(clock, 3), { concurrency: 2 })).run(options), 'calls-full @ slow (outside)'],
  'calls before a batch that is seldom full, of a queue': [(clock, { options }) => from(filledQueue(), { name: 'jobs' }).pipe(mapAsync(call(clock, 5), { concurrency: 1, name: 'slow' }), batch(10, { withinMs: 20 })).to(drain()).run(options), 'calls-full @ slow (outside)'],
  'a limit before a batch that is seldom full': [(_clock, { options }) => endless().pipe(throttle({ rate: { count: 100, perMs: 1000, burst: 1 }, name: 'pace' }), batch(10, { withinMs: 20 })).to(drain()).run(options), 'own-rate @ pace (rate)'],
  'a delay that is full': [(_clock, { options }) => endless().pipe(delay(1000, { capacity: 4, name: 'later' })).to(drain()).run(options), 'own-rate @ later (timer)'],
  'a batch that waits for its time': [(clock, { options }) => interval(333).pipe(batch(500, { withinMs: 10_000, name: 'gather' })).to(drain()).run(options), 'batch-wait @ gather (timer)'],
}

/** Whether queues tell what they weigh. */
const tellsWeight = await (async () => {
  const run = range(0, 1).pipe(buffer(1, { weigh: () => 1, maxWeight: 1 })).to(drain()).run()
  await run
  return run.stats().stages.some(({ queue }) => queue !== null && queue.weight !== null)
})()

describe('situations', () => {
  it.each(Object.entries(SITUATIONS).filter(([, [, expected]]) => tellsWeight || !expected.startsWith('memory')))('X30: %s', async (_name, [script, expected]) => {
    const clock = new VirtualClock()
    const said = await saidInTime(clock, script(clock, { options: inTime(clock) }))
    expect(brief(said), inFull(said)).toBe(expected)
  })
})

const HEALTHY: Record<string, Script> = {
  'an interval': (_clock, { options }) => interval(100).pipe(parse).to(drain()).run(options),
  'a queue that is empty': (_clock, { options }) => from(new BoundedQueue<number>({ capacity: 4 })).pipe(mapAsync(async (n: number) => n, { concurrency: 2 })).to(drain()).run(options),
  'a generator that waits': (clock, { options }) => from(pages(clock, 60_000)).pipe(parse).to(drain()).run(options),
  'a generator that is slow': (clock, { options }) => from(pages(clock, 500)).to(forEach(call(clock, 10))).run(options),
  'a source that never gives': (_clock, { options }) => never().pipe(mapAsync(async (n: number) => n, { concurrency: 2 })).to(count()).run(options),
  'a run that is paused': (clock, { options }) => {
    const run = endless().pipe(mapAsync(call(clock, 20), { concurrency: 4 })).to(drain()).run(options)
    clock.after(1000, () => { run.pause() })
    return run
  },
  'a batch that grows while a sink writes': (clock, { options }) => interval(300).pipe(flatMap(() => [1, 2, 3, 4, 5]), batchWhileBusy({ maxCount: 3 })).to(forEach(call(clock, 60))).run(options),
  'values that rest until their time': (_clock, { options }) => interval(30).pipe(debounce(20)).to(drain()).run(options),
  'low traffic': (clock, { options }) => interval(250).pipe(mapAsync(call(clock, 50), { concurrency: 2 })).to(forEach(call(clock, 20))).run(options),
  'two stages that are as busy': (clock, { options }) => endless().pipe(mapAsync(call(clock, 20), { concurrency: 4, name: 'a' }), mapAsync(call(clock, 20), { concurrency: 4, name: 'b' })).to(drain()).run(options),
  'a branch that waits while another works': (clock, { options }) => interval(50).pipe(broadcast([(s) => s.pipe(mapAsync(call(clock, 10), { concurrency: 1 })), (s) => s.pipe(tap(() => {}))])).to(drain()).run(options),
  'a stop that is under way': (clock, { options }) => {
    const run = endless().pipe(buffer(1000)).to(forEach(call(clock, 20))).run(options)
    clock.after(3000, () => { void run.stop({ deadlineMs: 30_000 }) })
    return run
  },
  'a run that is over': (_clock, { options }) => range(0, 100).pipe(parse).to(drain()).run(options),
  'a burst now and then': (clock, { options }) => interval(1000).pipe(flatMap((n: number) => [n, n, n, n]), mapAsync(call(clock, 100), { concurrency: 2 })).to(drain()).run(options),
}

describe('healthy', () => {
  const silent = ({ severity }: Diagnosis): boolean => severity === 'none' || severity === 'info'

  it.each(Object.entries(HEALTHY))('X31: %s', async (_name, script) => {
    const clock = new VirtualClock()
    const said = await saidInTime(clock, script(clock, { options: inTime(clock) }))
    expect(silent(said), inFull(said)).toBe(true)
  })
})
