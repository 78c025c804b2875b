import { describe, expect, it } from 'vitest'
import { deadLetter, drain, forEach, from, Limit, OptionError, range, retry, toArray, type DeadLetter } from '@sluice/core'
import { checked, explore, manualSource, settle, trackedSource, VirtualClock, type Seen } from '@sluice/testing'
import { later, underLaw } from '../../test/under-law'
import { mapAsyncKeyed, type MapAsyncKeyedOptions } from './map-async-keyed'
import type { KeyedOrder } from './keyed-call-stage'
import { collectGarbage } from '../../../../test/collect-garbage'

const third = (value: unknown): number => Number(value) % 3
const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('mapAsyncKeyed', {
  "order 'ordered'": {
    make: () => mapAsyncKeyed(third, later, { concurrency: 3, maxPending: 12, order: 'ordered' }), reference: same, ahead: 15,
    withProbe: (probe) => mapAsyncKeyed(third, async (value) => { probe(await later(value)); return value }, { concurrency: 3, order: 'ordered' }),
  },
  'a key function that throws': {
    make: () => mapAsyncKeyed(third, (value) => value, { concurrency: 2, maxPending: 0, order: 'ordered' }), reference: same, ahead: 2,
    withProbe: (probe) => mapAsyncKeyed((value) => { probe(value); return 0 }, later, { concurrency: 2, order: 'ordered' }),
  },
  "order 'perKey'": {
    make: () => mapAsyncKeyed(third, later, { concurrency: 3, maxPending: 12 }), reference: same, ordered: false, ahead: 15,
    withProbe: (probe) => mapAsyncKeyed(third, async (value) => { probe(await later(value)); return value }, { concurrency: 3 }),
  },
  'perKey 2, one key': {
    make: () => mapAsyncKeyed(() => 'one', later, { concurrency: 4, perKey: 2, maxPending: 3 }), reference: same, ahead: 7,
    withProbe: (probe) => mapAsyncKeyed(() => 'one', async (value) => { probe(await later(value)); return value }, { concurrency: 4, perKey: 2 }),
  },
  "order 'unordered', maxPendingPerKey 1": {
    make: () => mapAsyncKeyed(third, later, { concurrency: 3, perKey: 2, maxPending: 4, maxPendingPerKey: 1, order: 'unordered' }),
    reference: same, ordered: false, ahead: 7,
    withProbe: (probe) => mapAsyncKeyed(third, async (value) => { probe(await later(value)); return value }, { concurrency: 3, order: 'unordered' }),
  },
})

/** A value of a key that takes so long. */
interface Job { readonly key: string; readonly no: number; readonly ms: number }
const keyOf = ({ key }: Job): string => key

describe('what runs when', () => {
  it('runs one call of a key at a time, and the next one as soon as it has settled', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    const work = async ({ key, no, ms }: Job): Promise<void> => {
      log.push(`${key}${no} at ${clock.now()}`)
      await clock.sleep(ms)
    }
    const jobs: Job[] = [{ key: 'a', no: 1, ms: 30 }, { key: 'a', no: 2, ms: 10 }, { key: 'b', no: 1, ms: 10 }, { key: 'b', no: 2, ms: 10 }]
    await clock.runOut(from(jobs).pipe(mapAsyncKeyed(keyOf, work, { concurrency: 8 })).to(drain()).run({ clock }))
    expect(log).toEqual(['a1 at 0', 'b1 at 0', 'b2 at 10', 'a2 at 30'])
  })

  it('frees a key when its call settles, even where its result has to wait for its turn', async () => {
    const clock = new VirtualClock()
    const startedAt: Record<string, number> = {}
    const jobs: Job[] = [{ key: 'slow', no: 1, ms: 100 }, { key: 'a', no: 1, ms: 10 }, { key: 'a', no: 2, ms: 10 }, { key: 'a', no: 3, ms: 10 }]
    const work = async (job: Job): Promise<string> => {
      startedAt[`${job.key}${job.no}`] = clock.now()
      await clock.sleep(job.ms)
      return `${job.key}${job.no}`
    }
    const run = from(jobs).pipe(mapAsyncKeyed(keyOf, work, { concurrency: 2, order: 'ordered' })).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual(['slow1', 'a1', 'a2', 'a3'])
    expect(startedAt).toEqual({ slow1: 0, a1: 0, a2: 10, a3: 20 })
  })

  it('does not let a hot key starve the others', async () => {
    const clock = new VirtualClock()
    const doneAt = new Map<string, number>()
    // Nine of ten values are of one key: by itself it needs 900 * 10 ms.
    const jobs = Array.from({ length: 1000 }, (_, no): Job => ({ key: no % 10 === 9 ? `cold${no % 50}` : 'hot', no, ms: 10 }))
    const work = async (job: Job): Promise<void> => {
      await clock.sleep(job.ms)
      doneAt.set(job.key, clock.now())
    }
    const run = from(jobs).pipe(mapAsyncKeyed(keyOf, work, { concurrency: 8, maxPending: 1000 })).to(drain()).run({ clock })
    await clock.runOut(run)
    const { hot, ...cold } = Object.fromEntries(doneAt)
    expect(hot).toBe(9000)
    // Twenty values for each of five keys.
    expect(Object.values(cold)).toEqual([200, 200, 200, 200, 200])
  })

  it('reads a value only when no key waits that has no call running', async () => {
    const clock = new VirtualClock()
    const read: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
    const run = range(0).pipe(checked(read), mapAsyncKeyed((n) => n, () => clock.sleep(10), { concurrency: 3, maxPending: 100 })).to(drain()).run({ clock })
    await clock.advance(5)
    // Three run, and the key that comes next is known.
    expect(read.values).toBe(4)
    await clock.runOut(run.stop())
  })

  it('holds at most concurrency and maxPending, and of a key at most maxPendingPerKey beside its running calls', async () => {
    const clock = new VirtualClock()
    const read: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
    const one = (options: MapAsyncKeyedOptions<number>) =>
      range(0).pipe(checked(read), mapAsyncKeyed(() => 'one', () => clock.sleep(1000), options)).to(drain()).run({ clock })
    let run = one({ concurrency: 2, maxPending: 5 })
    await clock.advance(5)
    expect(read.values).toBe(7)
    await clock.runOut(run.abort().then(() => run.then(() => {}, () => {})))
    run = one({ concurrency: 2, maxPending: 50, maxPendingPerKey: 3 })
    await clock.advance(5)
    // One runs, three wait, and the one that was read after them is held until there is room.
    expect(read.values).toBe(5)
    await clock.runOut(run.abort().then(() => run.then(() => {}, () => {})))
  })

  it('gives the function signal, attempt and key', async () => {
    const seen: unknown[] = []
    await from(['x']).pipe(mapAsyncKeyed((text) => text.length, (_, { key, attempt, signal }) => { seen.push(key, attempt, signal.aborted) }, { concurrency: 1 })).to(drain()).run()
    expect(seen).toEqual([1, 1, false])
  })

  it('asks a limit with the key', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ keyed: { rate: { count: 1, perMs: 100 } }, clock })
    const log: string[] = []
    const jobs: Job[] = [{ key: 'a', no: 1, ms: 0 }, { key: 'a', no: 2, ms: 0 }, { key: 'b', no: 1, ms: 0 }]
    const work = ({ key, no }: Job): void => { log.push(`${key}${no} at ${clock.now()}`) }
    await clock.runOut(from(jobs).pipe(mapAsyncKeyed(keyOf, work, { concurrency: 4, limit })).to(drain()).run({ clock }))
    expect(log).toEqual(['a1 at 0', 'b1 at 0', 'a2 at 100'])
  })
})

describe('failures', () => {
  const two = new Error('two')

  it('in order, hands on what came before the failed value, and starts nothing after it', async () => {
    const clock = new VirtualClock()
    const started: number[] = []
    const out: number[] = []
    const work = async (n: number): Promise<number> => {
      started.push(n)
      await clock.sleep(n === 0 ? 50 : 10)
      if (n === 2) throw two
      return n
    }
    // 0 and 1 are of one key: 1 starts after 2 has failed, and is handed on nevertheless.
    const run = range(0).pipe(mapAsyncKeyed((n) => Math.max(1, n), work, { concurrency: 2, maxPending: 4, order: 'ordered' })).to(forEach((n) => { out.push(n) })).run({ clock })
    await expect(clock.runOut(run)).rejects.toBe(two)
    expect(out).toEqual([0, 1])
    expect(started).toEqual([0, 2, 1])
    expect(run.failure).toMatchObject({ stage: 'mapAsyncKeyed', item: 2, position: 1 })
  })

  it('leaves out, tries again or writes elsewhere what fails, key function included', async () => {
    const clock = new VirtualClock()
    const letters: DeadLetter[] = []
    let tries = 0
    const key = (n: number): number => {
      if (n === 1) throw new Error('no key')
      if (n === 2 && ++tries < 3) throw new Error('not yet')
      return n
    }
    const onError = deadLetter(forEach<DeadLetter>(async (letter) => { letters.push(letter) }))
    const again = retry<number>({ times: 2, delayMs: 10, then: onError })
    const run = range(0, 4).pipe(mapAsyncKeyed(key, async (n) => { if (n === 3) throw new Error('three'); return n }, { concurrency: 2, onError: again }))
    expect(await clock.runOut(run.to(toArray()).run({ clock }))).toEqual([0, 2])
    expect(letters.map(({ item, attempt, error }) => [item, attempt, (error as Error).message])).toEqual([[1, 3, 'no key'], [3, 3, 'three']])
  })

  it('loses nothing where the key function is tried again at once', async () => {
    let calls = 0
    const key = (n: number): number => {
      calls++
      if (calls % 2 === 1) throw new Error('not now')
      return n
    }
    for (const order of ['perKey', 'ordered', 'unordered'] as const) {
      const out = await range(0, 6).pipe(mapAsyncKeyed(key, later, { concurrency: 3, order, onError: retry({ times: 1, delayMs: 0 }) })).to(toArray()).run()
      expect(new Set(out)).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    }
  })

  it('R47: a call that takes too long has failed, and frees its key when it has ended, or after settleWithinMs', async () => {
    const clock = new VirtualClock()
    const late = { concurrency: 2, timeoutMs: 100, settleWithinMs: 500, onError: 'skip' } as const
    const through = (ms: number) => range(0, 4).pipe(mapAsyncKeyed(() => 'one', (n) => clock.sleep(n === 1 ? ms : 1).then(() => n), late)).to(toArray()).run({ clock })
    const ends = through(300)
    expect(await clock.runOut(ends)).toEqual([0, 2, 3])
    expect(clock.now()).toBeGreaterThan(300)
    expect([ends.unstopped, ends.stats().stages[1]?.overrun]).toEqual([[], 0])
    const startedAt = clock.now()
    const neverEnds = through(1e9)
    expect(await clock.runOut(neverEnds)).toEqual([0, 2, 3])
    expect(clock.now() - startedAt).toBeGreaterThan(600)
    expect(clock.now() - startedAt).toBeLessThan(700)
    expect([neverEnds.unstopped, neverEnds.stats().stages[1]?.overrun]).toEqual([['mapAsyncKeyed'], 1])
  })
})

it('against a model: keys, bounds, order and work kept going, with random arrivals, failures and stops', async () => {
  await explore(150, async ({ random, seed }) => {
    const clock = new VirtualClock()
    const below = (n: number): number => Math.floor(random() * n)
    const order = (['perKey', 'ordered', 'unordered'] as const)[below(3)] as KeyedOrder
    const [concurrency, perKey, maxPending] = [1 + below(4), 1 + below(2), below(12)]
    const keys = 1 + below(5)
    const probe = manualSource<Job>()
    const running = new Map<string, number>()
    const started = new Map<string, number[]>()
    let total = 0
    const emitted: Job[] = []
    const out: Job[] = []
    const failing = random() < 0.2 ? below(40) : -1
    const work = async (job: Job): Promise<Job> => {
      const ofKey = (running.get(job.key) ?? 0) + 1
      running.set(job.key, ofKey)
      total++
      expect([ofKey <= perKey, total <= concurrency]).toEqual([true, true])
      started.set(job.key, [...(started.get(job.key) ?? []), job.no])
      if (job.ms > 0) await clock.sleep(job.ms)
      running.set(job.key, (running.get(job.key) ?? 0) - 1)
      total--
      if (job.no === failing) throw new Error('the failing one')
      return job
    }
    const onError = random() < 0.5 ? 'skip' as const : 'fail' as const
    const run = probe.source.pipe(mapAsyncKeyed(keyOf, work, { concurrency, perKey, maxPending, order, onError })).to(forEach((job) => { out.push(job) })).run({ clock })
    const ended = run.then(() => 'completed', (error: unknown) => (error as Error).message)
    for (let no = 0; no < 40; no++) {
      const job = { key: `k${below(keys)}`, no, ms: below(4) * 5 }
      emitted.push(job)
      probe.emit(job)
      if (random() < 0.4) await clock.advance(below(12))
      expect(probe.delivered - out.length).toBeLessThanOrEqual(concurrency + maxPending + 1)
    }
    if (run.status === 'running' && random() < 0.7) {
      await settle(4)
      // Work is kept going: with a place free, a value whose key is free is not left waiting where it may be read.
      const held = emitted.slice(0, probe.delivered).filter(({ key, no }) => !(started.get(key) ?? []).includes(no))
      if (total < concurrency && run.failure === undefined && failing === -1) {
        for (const { key } of held) expect(running.get(key)).toBe(perKey)
      }
    }
    probe.end()
    const how = await clock.runOut(ended)
    const expected = emitted.filter(({ no }) => no !== failing)
    if (failing === -1 || onError === 'skip') {
      expect([seed, how, out.length]).toEqual([seed, 'completed', expected.length])
      expect(new Set(out)).toEqual(new Set(expected))
    } else {
      expect(how).toBe('the failing one')
      if (order === 'ordered') expect(out).toEqual(emitted.slice(0, failing))
    }
    if (order === 'ordered') expect(out.map(({ no }) => no)).toEqual([...out].map(({ no }) => no).sort((a, b) => a - b))
    for (let k = 0; k < keys; k++) {
      const ascending = (list: readonly number[]): void => { expect(list).toEqual([...list].sort((a, b) => a - b)) }
      ascending(started.get(`k${k}`) ?? [])
      if (order !== 'unordered') ascending(out.filter(({ key }) => key === `k${k}`).map(({ no }) => no))
    }
    expect(clock.pendingTimers).toBe(0)
  })
})

it('T2: wherever the run is stopped or aborted, every ticket is settled once', async () => {
  await explore(120, async ({ scheduler, random }) => {
    const tracked = trackedSource(Array.from({ length: 40 }, (_, i) => i))
    const endAt = Math.floor(random() * 45)
    const how = random() < 0.5 ? 'stop' : 'abort'
    const order = (['perKey', 'ordered', 'unordered'] as const)[Math.floor(random() * 3)] as KeyedOrder
    const run = tracked.source.pipe(mapAsyncKeyed(third, async (n) => {
      if (n === endAt) void run[how]()
      for (let hops = Math.floor(random() * 4); hops > 0; hops--) await Promise.resolve()
      return n
    }, { concurrency: 3, perKey: 1 + Math.floor(random() * 2), maxPending: 6, order })).to(drain()).run({ scheduler })
    await run.then(() => {}, () => {})
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    if (how === 'stop') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
  })
})

/** In a function of its own, so that nothing here holds the value. */
function emitOne(probe: { emit(value: object): void }): WeakRef<object> {
  const value = {}
  probe.emit(value)
  return new WeakRef(value)
}

it('forgets keys that have nothing left', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<object>()
  const refs: WeakRef<object>[] = []
  const run = probe.source.pipe(mapAsyncKeyed((key) => key, async () => 1, { concurrency: 2 })).to(drain()).run({ clock })
  for (let i = 0; i < 20; i++) {
    refs.push(emitOne(probe))
    await settle(2)
  }
  await settle(4)
  collectGarbage?.()
  await settle(4)
  collectGarbage?.()
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0)
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it.each<[string, () => unknown]>([
  ['mapAsyncKeyed: key must be a function that answers at once, and no promise, got "id"', () => mapAsyncKeyed('id' as never, later, { concurrency: 1 })],
  ['mapAsyncKeyed: call must be a function, got undefined', () => mapAsyncKeyed(third, undefined as never, { concurrency: 1 })],
  ['mapAsyncKeyed: concurrency must be a whole number of at least 1, got undefined', () => mapAsyncKeyed(third, later, {} as never)],
  ['mapAsyncKeyed: perKey must be a whole number of at least 1, got 0', () => mapAsyncKeyed(third, later, { concurrency: 1, perKey: 0 })],
  ['mapAsyncKeyed: maxPending must be a whole number of at least 0, got -1', () => mapAsyncKeyed(third, later, { concurrency: 1, maxPending: -1 })],
  ['mapAsyncKeyed: maxPendingPerKey must be a whole number of at least 0, got 0.5', () => mapAsyncKeyed(third, later, { concurrency: 1, maxPendingPerKey: 0.5 })],
  ["mapAsyncKeyed: order must be one of 'perKey', 'ordered', 'unordered', got \"any\"", () => mapAsyncKeyed(third, later, { concurrency: 1, order: 'any' as never })],
])('O13: "%s" is said when the pipeline is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})

describe('R48: a busy key starves no other', () => {
  const hundred: Job[] = [...Array.from({ length: 100 }, (_, no) => ({ key: 'hot', no, ms: 10 })), { key: 'cold', no: 0, ms: 10 }]
  const placeOfCold = async (options: Partial<MapAsyncKeyedOptions<Job>>, perKey = 1): Promise<number> => {
    const clock = new VirtualClock()
    const work = async (job: Job): Promise<Job> => { await clock.sleep(job.ms); return job }
    const out = await clock.runOut(from(hundred).pipe(mapAsyncKeyed(keyOf, work, { concurrency: 1, perKey, ...options })).to(toArray()).run({ clock }))
    expect(out).toHaveLength(101)
    return out.findIndex(({ key }) => key === 'cold')
  }

  it.each([1, 2, 4])('100 items of one key and then one other, with room to read them all, at concurrency %s', async (concurrency) => {
    expect(await placeOfCold({ concurrency, maxPending: 101 })).toBeLessThanOrEqual(concurrency)
    expect(await placeOfCold({ concurrency, maxPending: 101 }, 2)).toBeLessThanOrEqual(2 * concurrency)
    expect(await placeOfCold({ concurrency, maxPending: 101, order: 'unordered' })).toBeLessThanOrEqual(concurrency)
  })

  it('and with the room there is by default, which one key does not fill', async () => {
    expect(await placeOfCold({})).toBeLessThanOrEqual(1)
    const clock = new VirtualClock()
    const read: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
    const run = range(0).pipe(checked(read), mapAsyncKeyed(() => 'hot', () => clock.sleep(1e9), { concurrency: 4 })).to(drain()).run({ clock })
    await clock.advance(5)
    // One runs, as many wait as may of one key, and one is in hand.
    expect(read.values).toBe(1 + 128 + 1)
    expect(run.stats().stages.find(({ name }) => name === 'mapAsyncKeyed')?.queue).toMatchObject({ size: 130, capacity: 260 })
    await clock.runOut(run.abort())
  })
})
