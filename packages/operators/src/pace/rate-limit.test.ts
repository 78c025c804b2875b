import { describe, expect, it } from 'vitest'
import { deadLetter, drain, from, OptionError, range, retry, toArray } from '@sluice/core'
import { explore, manualSource, trackedSource, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, seen, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { rateLimit } from './rate-limit'
import { RateLanes } from './rate-lanes'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('rateLimit', {
  '{ rate: 100, burst: 3 }': {
    make: () => rateLimit({ rate: { count: 100, burst: 3 }, capacity: 4 }), reference: same, timed: true, ahead: 4,
    withProbe: (probe) => rateLimit({ rate: { count: 100, burst: 3 }, capacity: 4, cost: (value) => { probe(value); return 1 } }),
  },
  '{ key }': {
    make: () => rateLimit({ rate: 100, key: (value) => String(value).length, capacity: 4, maxKeys: 2 }), reference: same, ordered: false, timed: true, ahead: 5,
    withProbe: (probe) => rateLimit({ rate: 1e6, key: (value) => { probe(value) } }),
  },
})

type Row = [key: string, at: number]
const keyOf = (value: string): string => value[0]!

it('each key passes at its own rate, and holds back no other', async () => {
  const arrivals = ['a1', 'a2', 'b1', 'a3', 'b2', 'c1'].map((value) => [0, value] as const)
  const expected: Row[] = [['a1', 0], ['b1', 0], ['c1', 0], ['a2', 20], ['b2', 20], ['a3', 40]]
  expect(await seen(arrivals, 1, rateLimit({ rate: { count: 1, perMs: 20 }, key: keyOf }))).toEqual(expected.map(([value, at]) => [at, value]))
})

it('without a key all values share one rate; a number is so many per second', async () => {
  expect(await seen([[0, 1], [0, 2], [0, 3], [2000, 4]], 2001, rateLimit({ rate: 2 }))).toEqual([[0, 1], [0, 2], [500, 3], [2000, 4]])
})

it('a value may cost more than one token', async () => {
  expect(await seen([[0, 2], [0, 1], [0, 2]], 1, rateLimit({ rate: { count: 1, perMs: 10, burst: 2 }, cost: (n: number) => n }))).toEqual([[0, 2], [10, 1], [30, 2]])
})

it('a full waiting room holds the source back', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<string>()
  const run = probe.source.pipe(rateLimit({ rate: { count: 1, perMs: 1e6 }, key: keyOf, capacity: 2 })).to(drain()).run({ clock })
  probe.emit('a1', 'a2', 'a3', 'a4', 'b1')
  await clock.advance(1)
  expect(probe.delivered).toBe(3)
  expect(run.stats().stages[1]!.queue).toMatchObject({ size: 2, capacity: 2 })
  await clock.runOut(run.stop({ deadlineMs: 1e7 }))
  expect(clock.now()).toBeGreaterThan(1e6)
})

it('a key too many waits until another one can be forgotten', async () => {
  const arrivals = ['a1', 'b1', 'c1', 'a2', 'b2'].map((value) => [0, value] as const)
  // At 20 a and b are as good as new, so both are forgotten for c; at 40 so is c.
  expect(await seen(arrivals, 1, rateLimit({ rate: { count: 1, perMs: 20 }, key: keyOf, maxKeys: 2 }))).toEqual([[0, 'a1'], [0, 'b1'], [20, 'c1'], [20, 'a2'], [40, 'b2']])
})

it('remembers no more keys than it may, and forgets old ones as new ones come', () => {
  const lanes = new RateLanes<number>({ count: 1, perMs: 10 }, 3)
  const add = (key: number, now: number): boolean => {
    const entry = { value: key, ticket: undefined, weight: 0, rank: { key, cost: 1 } }
    lanes.now = now
    const admitted = lanes.admits(entry)
    if (admitted) lanes.push(entry)
    return admitted
  }
  expect([add(1, 0), add(2, 0), add(3, 0), add(4, 0), lanes.keys]).toEqual([true, true, true, false, 3])
  expect(lanes.roomAt).toBe(Infinity)
  while (lanes.shift());
  expect([lanes.size, lanes.roomAt, lanes.dueAt]).toEqual([0, 10, Infinity])
  expect([add(4, 9), add(4, 10), lanes.keys]).toEqual([false, true, 2])
})

describe('supervision', () => {
  const picky = (value: number): number => {
    if (value === 2) throw new Error('two')
    return value
  }

  it("'skip' leaves out what has no key", async () => {
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(rateLimit({ rate: 100, key: picky, onError: 'skip' })).to(toArray()).run()
    expect(await run).toEqual([1, 3])
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
  })

  it('retry asks again, at once or later, and then fails after what came before', async () => {
    for (const delayMs of [0, 5]) {
      let calls = 0
      const clock = new VirtualClock()
      const key = (value: number): number => (calls++, picky(value))
      const out: Timed<number>[] = []
      const run = range(1, 3).pipe(rateLimit({ rate: { count: 1, perMs: 10 }, key, onError: retry({ times: 3, delayMs, jitter: 0 }) })).to(timedSink(clock, out)).run({ clock })
      expect(String(await clock.runOut(settled(run)))).toBe('Error: two')
      expect([calls, out.length]).toEqual([5, 1])
      expect(run.failure).toMatchObject({ item: 2, attempt: 4, stage: 'rateLimit' })
    }
  })

  it('a retry that succeeds goes on in order', async () => {
    let failures = 2
    const key = (value: number): number => {
      if (value === 2 && failures-- > 0) throw new Error('not yet')
      return 0
    }
    expect(await seen([[0, 1], [0, 2], [0, 3]], 1, rateLimit({ rate: { count: 100, perMs: 1 }, key, onError: retry({ times: 5, delayMs: 4, factor: 1, jitter: 0 }) }))).toEqual([[0, 1], [8, 2], [8, 3]])
  })

  it('a dead letter is written, and a value given back when the run is aborted meanwhile', async () => {
    const letters: unknown[] = []
    const clock = new VirtualClock()
    const sink = timedSink(clock, letters as never)
    expect(await from([1, 2, 3]).pipe(rateLimit({ rate: 9, key: picky, onError: deadLetter(sink as never) })).to(toArray()).run({ clock })).toEqual([1, 3])
    expect(letters).toHaveLength(1)

    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(rateLimit({ rate: 9, key: picky, onError: () => ({ retryAfterMs: 1e6 }) })).to(drain()).run({ clock })
    await clock.advance(10)
    await clock.runOut(run.abort())
    await settled(run)
    expect(tracked.statuses).toEqual(['ack', 'nack'])
    expect(tracked.settlements).toEqual([1, 1])
  })

  it('a cost above the burst, or none at all, fails and names the item', async () => {
    const run = from([1, 5]).pipe(rateLimit({ rate: 2, cost: (n: number) => n, name: 'polite' })).to(drain()).run()
    await expect(run).rejects.toThrow('polite: cost must answer a finite number from 0 to 2, got 5')
    expect(run.failure).toMatchObject({ stage: 'polite', item: 5 })
  })
})

it('does what its model does, for any arrivals, keys, costs, consumer and end', async () => {
  await explore(150, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const keys = 1 + Math.floor(random() * 4)
    const rate = { count: 1, perMs: 5 + Math.floor(random() * 30), burst: 2 + Math.floor(random() * 3) }
    const capacity = 1 + Math.floor(random() * 6)
    const arrivals = randomArrivals(random, Math.floor(random() * 30), 8)
    const keyOfValue = arrivals.map(() => Math.floor(random() * keys))
    const costs = arrivals.map(() => Math.floor(random() * 3))
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1, error: random() < 0.3 ? new Error('end') : undefined }
    const slow = random() < 0.5 ? 40 : 0
    // Irregular, so that no two tokens are there at the same time but those of one moment.
    const busy = arrivals.map((_, i) => Math.floor(random() * slow) + (i + 1) / 65_536)
    const abortAt = random() < 0.3 ? Math.floor(random() * end.at) + 1 / 3 : Infinity

    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const operator = rateLimit<number>({ rate, capacity, key: (value) => keyOfValue[value], cost: (value) => costs[value]! })
    const run = values.source.pipe(operator).to(timedSink(clock, out, () => busy[out.length - 1]!)).run({ clock, scheduler })
    const outcome = settled(run)
    if (abortAt < Infinity) clock.after(abortAt, () => void run.abort())
    await clock.runOut(outcome, scheduler.resting)

    const expected = model(arrivals, keyOfValue, costs, rate, capacity, busy)
    expect(rounded(out)).toEqual(rounded(expected.filter(({ at }) => at < abortAt)))
    if (abortAt === Infinity) expect(await outcome).toBe(end.error)
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    clock.fire(1e6)
    expect(clock.pendingTimers).toBe(0)
  })
}, 60_000)

/** What comes out, and when: the consumer takes one value whenever it is free, the one that could go first. */
function model(
  arrivals: readonly Timed<number>[], keyOfValue: readonly number[], costs: readonly number[],
  { perMs, burst }: { perMs: number; burst: number }, capacity: number, busy: readonly number[],
): Timed<number>[] {
  const out: Timed<number>[] = []
  const buckets = new Map<number, { tokens: number; at: number }>()
  const bucketAt = (key: number, now: number): { tokens: number; at: number } => {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    buckets.set(key, bucket)
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / perMs)
    bucket.at = now
    return bucket
  }
  /** Values inside, in order, each with when it could go: known once it is the first of its key. */
  const inside: { value: number; due: number | undefined }[] = []
  let entered = 0
  let now = 0
  let free = 0
  const lookAt = (time: number): void => {
    const seen = new Set<number>()
    for (const entry of inside) {
      const key = keyOfValue[entry.value]!
      if (!seen.has(key)) entry.due ??= time + Math.max(0, costs[entry.value]! - bucketAt(key, time).tokens) * perMs
      seen.add(key)
    }
  }
  while (out.length < arrivals.length) {
    while (inside.length < capacity && entered < arrivals.length && arrivals[entered]!.at <= now) inside.push({ value: entered++, due: undefined })
    lookAt(now)
    const next = inside.filter(({ due }) => due !== undefined).sort((a, b) => a.due! - b.due!)[0]
    if (next && next.due! <= now + 1e-9 && free <= now) {
      const value = next.value
      bucketAt(keyOfValue[value]!, now).tokens -= costs[value]!
      inside.splice(inside.indexOf(next), 1)
      lookAt(now)
      free = now + busy[out.length]!
      out.push({ at: now, value })
      continue
    }
    const times = [free, next?.due ?? Infinity, inside.length < capacity ? (arrivals[entered]?.at ?? Infinity) : Infinity]
    now = Math.min(...times.filter((time) => time > now))
  }
  return out
}

it('Q61: at most burst + rate · t of one key in any t, however slow the consumer was', async () => {
  const clock = new VirtualClock()
  const out: Timed<number>[] = []
  const busy = [500, 0, 0, 0, 300, 0, 0, 0]
  const run = range(0, 40).pipe(rateLimit({ rate: { count: 1, perMs: 10, burst: 3 }, capacity: 30 })).to(timedSink(clock, out, () => busy[out.length] ?? 0)).run({ clock })
  await clock.runOut(run)
  for (const [i, { at }] of out.entries()) {
    for (let j = i; j < out.length; j++) expect(j - i + 1).toBeLessThanOrEqual(3 + (out[j]!.at - at) / 10 + 1e-6)
  }
})

it('rests without a timer while nothing waits, and with one while something does', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<string>()
  const run = probe.source.pipe(rateLimit({ rate: { count: 1, perMs: 7_200_000 }, key: keyOf, maxKeys: 2 })).to(drain()).run({ clock })
  probe.emit('a1', 'b1')
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  probe.emit('a2', 'b2', 'c1')
  await clock.advance(1)
  expect(clock.pendingTimers).toBe(1)
  await clock.runOut(run.abort())
  await settled(run)
  expect(clock.pendingTimers).toBe(0)
})

it('O13: refuses options that cannot work', () => {
  expect(() => rateLimit({})).toThrow(OptionError)
  expect(() => rateLimit({})).toThrow('rateLimit: rate must be a number per second, or an object with count and perMs, got undefined')
  expect(() => rateLimit({ rate: 0.5 })).toThrow('rateLimit: rate must be a whole number of at least 1, got 0.5')
  expect(() => rateLimit({ rate: { count: 1, perMs: 0 } })).toThrow('rateLimit: rate.perMs must be above 0, got 0')
  expect(() => rateLimit({ rate: 1, capacity: 0 })).toThrow('rateLimit: capacity must be a whole number of at least 1, got 0')
  expect(() => rateLimit({ rate: 1, maxKeys: 0 })).toThrow('rateLimit: maxKeys must be a whole number of at least 1, got 0')
  expect(() => rateLimit({ rate: 1, key: 5 as never })).toThrow('rateLimit: key must be a function that answers at once, and no promise, got 5')
  expect(() => rateLimit({ rate: 1, onError: 'ignore' as never })).toThrow("rateLimit: onError must be 'fail', 'skip'")
})
