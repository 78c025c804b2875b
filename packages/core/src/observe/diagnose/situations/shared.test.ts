import { describe, expect, it } from 'vitest'
import { balance, buffer, filter, groupBy, map, mapAsync, mapAsyncUnordered, mergeMap, mergeWith, wireTap, zipWith } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { BoundedQueue, drain, forEach, from, interval, Limit, range, toQueue, type Diagnosis, type Run, type RunOptions, type Source } from '../../../index'
import { SliceScheduler } from '../../../engine/slice-scheduler'
import { brief, inFull, saidInTime } from '../../../../test/stage-kit'

/** Situations in which what is waited for is shared with others, or stands beside the way: in virtual time, each at two places. */
type Script = (clock: VirtualClock, options: RunOptions, also: (run: Run<unknown>) => void) => Run<unknown>

const endless = (): Source<number> => range(0)
const call = (clock: VirtualClock, ms: number) => async <T>(value: T): Promise<T> => {
  await clock.sleep(ms)
  return value
}
async function* pages(clock: VirtualClock, ms: number): AsyncGenerator<number> {
  for (let n = 0; ; n++) {
    await clock.sleep(ms)
    yield n
  }
}
const limited = (clock: VirtualClock, limit: Limit, ms: number, name: string, concurrency = 4) => mapAsync(call(clock, ms), { concurrency, limit, name })
const four = (clock: VirtualClock) => new Limit({ concurrency: 4, clock })
const hoarded = (clock: VirtualClock): Limit => {
  const limit = four(clock)
  for (let n = 0; n < 3; n++) void limit.acquire()
  return limit
}
const perMinute = (clock: VirtualClock) => new Limit({ rate: { count: 20, perMs: 1000, burst: 1 }, clock })
const quick = (clock: VirtualClock) => mapAsync(call(clock, 1), { concurrency: 8 })
const failing = (clock: VirtualClock) => mapAsync(call(clock, 300), { concurrency: 4, timeoutMs: 50, onError: 'skip', name: 'fetch' })

/** What is said, what the message says, and what the advice says. */
const SITUATIONS: Record<string, readonly [Script, string, RegExp, RegExp]> = {
  'a limit whose permits another stage holds': [(c, o) => { const limit = four(c); return endless().pipe(limited(c, limit, 200, 'long'), limited(c, limit, 10, 'short')).to(drain()).run(o) }, 'permits @ short (permit)', /'run\/long' holds 3\.\d of the 4/, /give 'run\/long' a limit of its own/],
  'the same further behind': [(c, o) => { const limit = four(c); return endless().pipe(quick(c), limited(c, limit, 200, 'long'), buffer(4), limited(c, limit, 10, 'short'), quick(c)).to(forEach(() => {})).run(o) }, 'permits @ short (permit)', /'run\/long' holds 3\.\d of the 4/, /give 'run\/long' a limit of its own/],
  'a limit whose permits another run holds': [(c, o, also) => { const limit = four(c); also(endless().pipe(limited(c, limit, 1000, 'load', 3)).to(drain()).run({ ...o, name: 'import' })); return endless().pipe(limited(c, limit, 10, 'api')).to(drain()).run({ ...o, name: 'web' }) }, 'permits @ api (permit)', /'import\/load' holds 3 of the 4/, /'import\/load'/],
  'the same behind other calls': [(c, o, also) => { const limit = four(c); also(endless().pipe(quick(c), limited(c, limit, 1000, 'load', 3)).to(drain()).run({ ...o, name: 'import' })); return endless().pipe(quick(c), limited(c, limit, 10, 'api')).to(forEach(() => {})).run({ ...o, name: 'web' }) }, 'permits @ api (permit)', /'import\/load' holds 3 of the 4/, /'import\/load'/],
  'a limit whose permits nobody gives back': [(c, o) => endless().pipe(limited(c, hoarded(c), 10, 'api')).to(drain()).run(o), 'permits @ api (permit)', /code outside of all stages holds 3 of the 4/, /permit\.release/],
  'the same before a sink': [(c, o) => endless().pipe(quick(c), mapAsyncUnordered(call(c, 10), { concurrency: 4, limit: hoarded(c), name: 'api' })).to(forEach(call(c, 1))).run(o), 'permits @ api (permit)', /code outside of all stages holds 3 of the 4/, /permit\.release/],
  'the rate of a limit': [(c, o) => endless().pipe(limited(c, perMinute(c), 5, 'api')).to(drain()).run(o), 'own-rate @ api (rate)', /held to 20\/s by the rate of its limit/, /raise the rate of the limit/],
  'the rate of a limit between stages': [(c, o) => endless().pipe(quick(c), limited(c, perMinute(c), 5, 'api'), quick(c)).to(drain()).run(o), 'own-rate @ api (rate)', /held to 20\/s by the rate of its limit/, /raise the rate of the limit/],
  'a queue that another run takes from': [(c, o, also) => { const queue = new BoundedQueue<number>({ capacity: 8, clock: c }); also(from(queue, { name: 'jobs' }).to(forEach(call(c, 50))).run({ ...o, name: 'work' })); return endless().to(toQueue(queue, { name: 'enqueue' })).run(o) }, 'sink-bound @ enqueue (work/jobs)', /'work\/jobs' takes 20\/s/, /make 'work\/jobs' faster.*a larger queue only adds waiting$/],
  'the same behind calls': [(c, o, also) => { const queue = new BoundedQueue<number>({ capacity: 8, clock: c, name: 'jobs' }); also(from(queue, { name: 'jobs' }).pipe(mapAsync(call(c, 50), { concurrency: 1 })).to(drain()).run({ ...o, name: 'work' })); return endless().pipe(quick(c)).to(toQueue(queue, { name: 'enqueue' })).run(o) }, 'sink-bound @ enqueue (work/jobs)', /'work\/jobs' takes (19|20)\/s/, /make 'work\/jobs' faster/],
  'a queue that no run takes from': [(c, o) => endless().to(toQueue(new BoundedQueue<number>({ capacity: 8, clock: c }), { name: 'enqueue' })).run(o), 'sink-bound @ enqueue (room)', /no run takes them/, /several take side by side/],
  'calls beside which a slow tap drops': [(c, o) => endless().pipe(mapAsync(call(c, 10), { concurrency: 1, name: 'fetch' }), wireTap(forEach(call(c, 100), { name: 'archive' }))).to(drain()).run(o), 'calls-full @ fetch (outside)', /waits for its calls 100 %/, /concurrency 1 → 4/],
  'a sink beside which a slow tap drops': [(c, o) => endless().pipe(wireTap(forEach(call(c, 100), { name: 'archive' })), quick(c)).to(forEach(call(c, 10), { name: 'store' })).run(o), 'sink-bound @ store (outside)', /waits for its writes/, /concurrency 1 → 4/],
  'calls in the pipelines of groups': [(c, o) => endless().pipe(groupBy((n: number) => n % 4, { maxGroups: 8 }), mergeMap(({ source }) => source.pipe(mapAsync(call(c, 20), { concurrency: 1, name: 'inner' })), { concurrency: 8 })).to(drain()).run(o), 'calls-full @ inner (outside)', /waits for its calls/, /concurrency 1 → 4 lifts 200\/s/],
  'calls in branches that are dealt to': [(c, o) => endless().pipe(quick(c), balance(3, (s) => s.pipe(mapAsync(call(c, 30), { concurrency: 1, name: 'work' })))).to(drain()).run(o), 'calls-full @ work (outside)', /waits for its calls/, /concurrency 1 → 4 lifts 100\/s/],
  'calls of two sides of a merge': [(c, o) => endless().pipe(mapAsync(call(c, 10), { concurrency: 1, name: 'a' }), mergeWith(endless().pipe(mapAsync(call(c, 50), { concurrency: 1, name: 'b' })))).to(drain()).run(o), 'calls-full @ a (outside)', /waits for its calls/, /concurrency 1 → 4/],
  'calls that all fail': [(c, o) => endless().pipe(failing(c)).to(drain()).run(o), 'calls-full @ fetch (outside)', /100 % of them fail/, /^see why its calls fail first/],
  'calls that all fail, behind others': [(c, o) => endless().pipe(quick(c), filter(() => true), failing(c)).to(forEach(() => {})).run(o), 'calls-full @ fetch (outside)', /100 % of them fail/, /^see why its calls fail first/],
  'a source that is read while a sink writes': [(c, o) => from(pages(c, 10), { name: 'pages' }).pipe(map((n) => n)).to(forEach(call(c, 6))).run(o), 'source-bound @ pages (outside)', /wait for it 6\d %/, /^read ahead/],
  'a source that is read while calls are made': [(c, o) => from(pages(c, 10), { name: 'pages' }).pipe(map((n) => n), mapAsync(call(c, 6), { concurrency: 1 })).to(drain()).run(o), 'source-bound @ pages (outside)', /wait for it \d+ %/, /^read/],
}

/** Bursts of 200 values, a second apart: each is dealt with in a second. */
async function* bursts(clock: VirtualClock): AsyncGenerator<number> {
  for (let n = 0; ; n++) {
    if (n % 200 === 0) await clock.sleep(1000)
    yield n
  }
}
const BURSTS: Record<string, Script> = {
  'before a sink': (c, o) => from(bursts(c)).pipe(buffer(20, { name: 'inbox' })).to(forEach(call(c, 5))).run(o),
  'between stages': (c, o) => from(bursts(c)).pipe(filter(() => true), buffer(20, { name: 'inbox' }), mapAsync(call(c, 5), { concurrency: 1 })).to(drain()).run(o),
}

describe('situations with others', () => {
  const said = async (script: Script): Promise<Diagnosis> => {
    const clock = new VirtualClock()
    const others: Run<unknown>[] = []
    const options = { clock, scheduler: new SliceScheduler(clock), onWarning: () => {}, closeDeadlineMs: 10 }
    try {
      return await saidInTime(clock, script(clock, options, (run) => { others.push(run); run.catch(() => {}) }))
    } finally {
      for (const run of others) void run.abort()
      await clock.advance(2000)
    }
  }

  it.each(Object.entries(SITUATIONS))('X32: %s', async (_name, [script, expected, message, advice]) => {
    const found = await said(script)
    expect(brief(found), inFull(found)).toBe(expected)
    expect(found.message).toMatch(message)
    expect(found.advice).toMatch(advice)
  })

  it.each(Object.entries(BURSTS))('X32: a queue that is too small for bursts, with the size that would do, %s', async (_name, script) => {
    const found = await said(script)
    expect(brief(found), inFull(found)).toBe('queue-small @ inbox (bursts)')
    expect(found.figures['suggested']).toBeGreaterThanOrEqual(180)
    expect(found.figures['suggested']).toBeLessThanOrEqual(300)
  })

  it('X33: what is held to a pace of its own beside a join, and what is read inside, is no fault of the others', async () => {
    const paced = await said((_clock, options) => endless().pipe(zipWith(interval(200))).to(drain()).run(options))
    expect(['info', 'none']).toContain(paced.severity)
  })
})
