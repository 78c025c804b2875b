import { describe, expect, it } from 'vitest'
import { drain, from, Limit, OptionError, QueueFullError, range, retry, toArray } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, seen, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { RateExceededError, take, throttle } from '../index'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('throttle', {
  '{ rate: 100, burst: 3 }': {
    make: () => throttle({ rate: { count: 100, burst: 3 } }), reference: same, timed: true, ahead: 1,
    withProbe: (probe) => throttle({ rate: { count: 100, burst: 3 }, cost: (value) => { probe(value); return 1 } }),
  },
  '{ rate: 1_000_000 }': { make: () => throttle({ rate: 1_000_000 }), reference: same, withProbe: (probe) => throttle({ rate: 1_000_000, key: probe }) },
  '{ key }': { make: () => throttle({ rate: 1_000, key: (value) => typeof value }), reference: same, timed: true, ahead: 1 },
  "{ mode: 'enforce', onError: 'skip' }": {
    make: () => throttle({ rate: { count: 4, perMs: 1e9 }, mode: 'enforce', onError: 'skip' }), reference: (values) => values.slice(0, 4), timed: true, ahead: 10_000,
  },
})

const at = (times: readonly number[]): [number, number][] => times.map((time, i) => [time, i])

it('lets a burst pass at once, then one value per token', async () => {
  expect(await seen(at([0, 0, 0, 0, 0]), 1, throttle({ rate: { count: 1, perMs: 20, burst: 2 } }))).toEqual(at([0, 0, 20, 40, 60]))
  expect(await seen(at([0, 0, 0, 100, 100, 100]), 101, throttle({ rate: { count: 1, perMs: 20, burst: 2 } }))).toEqual(at([0, 0, 20, 100, 100, 120]))
})

it('rate is per second, and the burst as large as the rate, unless said otherwise', async () => {
  expect(await seen(at([0, 0, 0, 0]), 1, throttle({ rate: 2 }))).toEqual(at([0, 0, 500, 1000]))
})

it('a value may cost more than one token, or none', async () => {
  const cost = (n: number): number => n % 3
  expect(await seen(at([0, 0, 0, 0, 0, 0]), 1, throttle({ rate: { count: 1, perMs: 10, burst: 2 }, cost }))).toEqual(at([0, 0, 10, 10, 20, 40]))
  expect(await seen(at([0, 0, 0]), 1, throttle({ rate: { count: 1, perMs: 10, burst: 2 }, cost: 2 }))).toEqual(at([0, 20, 40]))
})

it('each key has its own bucket, and the order is kept', async () => {
  const key = (n: number): boolean => n < 2
  expect(await seen(at([0, 0, 0, 0]), 1, throttle({ rate: { count: 1, perMs: 20 }, key }))).toEqual(at([0, 20, 20, 40]))
})

describe('a shared limit', () => {
  it('counts for all who hold it', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 20 }, clock })
    const out: Timed<number>[] = []
    const runs = [1, 2].map((n) => from([n, n, n]).pipe(throttle({ limit })).to(timedSink(clock, out)).run({ clock }))
    await clock.runOut(Promise.all(runs))
    expect(out.map(({ at: time }) => time)).toEqual([0, 20, 40, 60, 80, 100])
    expect([limit.active, limit.waiting]).toEqual([0, 0])
  })

  it('can be changed while values wait', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 1e6 }, clock })
    const run = range(0, 100).pipe(throttle({ limit })).to(toArray()).run({ clock })
    await clock.advance(10)
    expect(run.stats().stages.at(-1)!.out).toBe(1)
    limit.setRate(undefined)
    expect(await clock.runOut(run)).toHaveLength(100)
  })

  it('that refuses a value fails as onError says', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 20 }, maxWaiting: 0, clock })
    const run = from([1, 2]).pipe(throttle({ limit })).to(drain()).run({ clock })
    await expect(run).rejects.toThrow(QueueFullError)
    expect(run.failure).toMatchObject({ stage: 'throttle', item: 2 })
    await clock.advance(20)
    expect(await from([1, 2, 3]).pipe(throttle({ limit, onError: 'skip' })).to(toArray()).run({ clock })).toEqual([1])
  })

  it('is left by who waits for it when the stage ends, though the run goes on', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 1e6 }, clock })
    const probe = manualSource<number>()
    const run = probe.source.pipe(throttle({ limit })).to(drain()).run({ clock })
    probe.emit(1, 2)
    await settle(2)
    expect(limit.waiting).toBe(1)
    await run.abort().then(() => settled(run))
    expect([limit.waiting, clock.pendingTimers]).toEqual([0, 0])
  })
})

describe("mode 'enforce'", () => {
  it('fails at the first value above the rate, after those before it', async () => {
    const out: unknown[] = []
    const run = from([1, 2, 3]).pipe(throttle({ rate: 2, mode: 'enforce' })).to(timedSink(new VirtualClock(), out as never)).run({ clock: new VirtualClock() })
    await expect(run).rejects.toThrow(RateExceededError)
    expect(out).toHaveLength(2)
    expect(run.failure).toMatchObject({ stage: 'throttle', position: 1, item: 3 })
    expect((run.failure?.error as Error).message).toBe("throttle: more values than the rate allows, and its mode is 'enforce'")
  })

  it("with onError 'skip' drops what is above the rate, counted and acknowledged", async () => {
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(throttle({ rate: 2, mode: 'enforce', onError: 'skip' })).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([1, 2])
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
    expect(run.stats().stages[1]!.dropped).toBe(1)
  })

  it('with retry tries a value again until it may pass', async () => {
    const onError = retry<number>({ times: 10, delayMs: 300, factor: 1, jitter: 0 })
    expect(await seen(at([0, 0]), 1, throttle({ rate: 1, mode: 'enforce', onError }))).toEqual(at([0, 1200]))
  })
})

it('a cost above the burst fails as onError says', async () => {
  const run = from([1, 5]).pipe(throttle({ rate: 2, cost: (n: number) => n, name: 'slow' })).to(drain()).run()
  await expect(run).rejects.toThrow('slow: cost must answer a finite number from 0 to 2, got 5')
  expect(run.failure?.item).toBe(5)
})

it('takes no value that is not wanted', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(throttle({ rate: 10 }), take(2)).to(toArray()).run({ clock })
  probe.emit(1, 2, 3)
  expect(await run).toEqual([1, 2])
  expect(probe.delivered).toBe(2)
})

it('does what its model does, for any arrivals, costs, consumer and end', async () => {
  await explore(100, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const rate = { count: 1 + Math.floor(random() * 3), perMs: 10 + Math.floor(random() * 30), burst: 3 + Math.floor(random() * 4) }
    const arrivals = randomArrivals(random, Math.floor(random() * 30), 10)
    const costs = arrivals.map(() => Math.floor(random() * 4))
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1, error: random() < 0.3 ? new Error('end') : undefined }
    const slow = random() < 0.5 ? 60 : 0
    const busy = arrivals.map(() => Math.floor(random() * slow) + (slow > 0 ? 1 / 65_536 : 0))
    const abortAt = random() < 0.3 ? Math.floor(random() * end.at) + 1 / 3 : Infinity

    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const operator = throttle<number>({ rate, cost: (value) => costs[value]! })
    const run = values.source.pipe(operator).to(timedSink(clock, out, () => busy[out.length - 1]!)).run({ clock, scheduler })
    const outcome = settled(run)
    if (abortAt < Infinity) clock.after(abortAt, () => void run.abort())
    await clock.runOut(outcome, scheduler.resting)

    const msPerToken = rate.perMs / rate.count
    const expected: Timed<number>[] = []
    let tokens = rate.burst
    let lookedAt = 0
    let free = 0
    for (const [i, { at: time, value }] of arrivals.entries()) {
      const wanted = Math.max(time, free)
      tokens = Math.min(rate.burst, tokens + (wanted - lookedAt) / msPerToken)
      const passes = wanted + Math.max(0, costs[i]! - tokens) * msPerToken
      tokens = Math.max(tokens, costs[i]!) - costs[i]!
      lookedAt = passes
      free = passes + busy[i]!
      expected.push({ at: passes, value })
    }
    expect(rounded(out)).toEqual(rounded(expected.filter(({ at: time }) => time < abortAt)))
    if (abortAt === Infinity) expect(await outcome).toBe(end.error)
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    clock.fire(1e6)
    expect(clock.pendingTimers).toBe(0)
  })
}, 60_000)

it('rests without a timer while nothing waits', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(throttle({ rate: 1 })).to(drain()).run({ clock })
  probe.emit(1, 2)
  await clock.advance(500)
  expect(clock.pendingTimers).toBe(1)
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('O13: refuses options that cannot work', () => {
  expect(() => throttle({})).toThrow(OptionError)
  expect(() => throttle({})).toThrow('throttle: rate must be a number per second, or an object with count and perMs, got undefined')
  expect(() => throttle({ rate: 0.5 })).toThrow('throttle: rate must be a whole number of at least 1, got 0.5')
  expect(() => throttle({ rate: { count: 1, perMs: 0 } })).toThrow('throttle: rate.perMs must be above 0, got 0')
  expect(() => throttle({ rate: { count: 1, burst: 0 } })).toThrow('throttle: rate.burst must be a whole number of at least 1, got 0')
  expect(() => throttle({ rate: 2, cost: 3 })).toThrow('throttle: cost must be a finite number from 0 to 2, got 3')
  expect(() => throttle({ rate: 1, mode: 'drop' as never })).toThrow("throttle: mode must be one of 'shape', 'enforce', got \"drop\"")
  expect(() => throttle({ rate: 1, key: 'id' as never })).toThrow('throttle: key must be a function that answers at once, and no promise, got "id"')
  expect(() => throttle({ limit: {} as never })).toThrow('throttle: limit must be a Limit, got an object')
  expect(() => throttle({ rate: 1, limit: new Limit({ concurrency: 1 }) })).toThrow('throttle: rate must be left out where limit is given, got 1')
})
