import { describe, expect, it } from 'vitest'
import { drain, Limit, OptionError, range, toArray } from '@sluice/core'
import { checked, explore, settle, trackedSource, VirtualClock, type Seen } from '@sluice/testing'
import { mapAsync } from './map-async'
import { mapAsyncKeyed } from './map-async-keyed'
import { mapAsyncUnordered } from './map-async-unordered'

const call = async (n: number): Promise<number> => n

describe('limit', () => {
  it('is shared: two runs together never have more calls than permits', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 3, clock })
    let running = 0
    let most = 0
    const busy = async (n: number): Promise<number> => {
      most = Math.max(most, ++running)
      await clock.sleep(10)
      running--
      return n
    }
    const pipeline = range(0, 20).pipe(mapAsync(busy, { concurrency: 5, limit })).to(toArray())
    const runs = Promise.all([pipeline.run({ clock }), pipeline.run({ clock })])
    expect((await clock.runOut(runs)).map((values) => values.length)).toEqual([20, 20])
    expect([most, limit.active, limit.waiting, clock.pendingTimers]).toEqual([3, 0, 0, 0])
  })

  it('can be changed while calls are running', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 1, clock })
    let running = 0
    const busy = async (n: number): Promise<number> => { running++; await clock.sleep(10); running--; return n }
    const run = range(0, 100).pipe(mapAsync(busy, { concurrency: 50, limit })).to(drain()).run({ clock })
    await clock.advance(1)
    expect(running).toBe(1)
    limit.concurrency = 4
    await clock.advance(1)
    expect(running).toBe(4)
    limit.concurrency = 2
    await clock.advance(20)
    expect(running).toBe(2)
    await clock.runOut(run)
  })

  it('spreads calls over time by its rate', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 100 }, clock })
    const startedAt: number[] = []
    const run = range(0, 4).pipe(mapAsync(() => { startedAt.push(clock.now()) }, { concurrency: 8, limit })).to(drain()).run({ clock })
    await clock.runOut(run)
    expect(startedAt).toEqual([0, 100, 200, 300])
  })

  it('reads one value ahead of its permits, not a whole concurrency', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 2, clock })
    const read: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
    const run = range(0).pipe(checked(read), mapAsync(() => clock.sleep(10), { concurrency: 100, limit })).to(drain()).run({ clock })
    await clock.advance(5)
    expect(read.values).toBe(3)
    await clock.runOut(run.stop())
  })

  it('R25: whoever waits for a permit when the run ends leaves the line, and permits come back', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 1, clock })
    const held = await limit.acquire()
    let calls = 0
    const run = range(0).pipe(mapAsync(() => { calls++ }, { concurrency: 4, limit })).to(drain()).run({ clock })
    await settle()
    expect(limit.waiting).toBe(1)
    const ended = run.then(() => {}, () => {})
    await clock.runOut(run.abort())
    await ended
    expect([limit.waiting, calls]).toEqual([0, 0])
    held.release()
    await settle()
    expect([limit.active, calls]).toEqual([0, 0])
  })

  it('is taken anew for a retry, so that waiting between tries holds no permit', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 1, clock })
    const onError = (): { retryAfterMs: number } => ({ retryAfterMs: 100 })
    const seen: string[] = []
    const flaky = async (n: number, { attempt }: { attempt: number }): Promise<number> => {
      seen.push(`${n}/${attempt} at ${clock.now()}`)
      if (n === 0 && attempt === 1) throw new Error('flaky')
      return n
    }
    expect(await clock.runOut(range(0, 3).pipe(mapAsync(flaky, { concurrency: 2, limit, onError })).to(toArray()).run({ clock }))).toEqual([0, 1, 2])
    expect(seen).toEqual(['0/1 at 0', '1/1 at 0', '2/1 at 0', '0/2 at 100'])
  })

  it('T2: under any interleaving, abort or not, every ticket is settled once and every permit comes back', async () => {
    await explore(80, async ({ scheduler, random }) => {
      const limit = new Limit({ concurrency: 2 })
      const tracked = trackedSource(Array.from({ length: 25 }, (_, i) => i))
      const abortAt = Math.floor(random() * 50)
      const operator = random() < 0.5 ? mapAsync : mapAsyncUnordered
      const run = tracked.source.pipe(operator(async (n) => {
        if (n === abortAt) void run.abort()
        for (let hops = Math.floor(random() * 3); hops > 0; hops--) await Promise.resolve()
        return n
      }, { concurrency: 4, limit })).to(toArray()).run({ scheduler })
      await run.then(() => {}, () => {})
      await settle(2)
      expect([limit.active, limit.waiting]).toEqual([0, 0])
      expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    })
  })
})

describe('adaptive concurrency', () => {
  /** A service of so many workers: what comes beyond them waits. */
  const serviceOf = (clock: VirtualClock, workers: number, workMs: number) => {
    let running = 0
    return {
      get running() { return running },
      async call(n: number): Promise<number> {
        running++
        await clock.sleep(workMs * Math.max(1, running / workers))
        running--
        return n
      },
    }
  }

  it('grows while calls are quick, up to max', async () => {
    const clock = new VirtualClock()
    const service = serviceOf(clock, 1000, 10)
    const run = range(0).pipe(mapAsyncUnordered((n) => service.call(n), { concurrency: { min: 1, max: 8, targetMs: 20 } })).to(drain()).run({ clock })
    const seen: number[] = []
    for (let round = 0; round < 10; round++) {
      await clock.advance(10)
      seen.push(service.running)
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 8, 8, 8])
    await clock.runOut(run.stop())
  })

  it('shrinks when calls are slow, to about what keeps them within the target', async () => {
    const clock = new VirtualClock()
    const service = serviceOf(clock, 6, 10)
    const run = range(0).pipe(mapAsyncUnordered((n) => service.call(n), { concurrency: { max: 64, targetMs: 15 } })).to(drain()).run({ clock })
    let least = Infinity
    let most = 0
    await clock.advance(500)
    for (let look = 0; look < 300; look++) {
      await clock.advance(5)
      least = Math.min(least, service.running)
      most = Math.max(most, service.running)
    }
    // 9 at once take 15 ms.
    expect(most).toBeLessThanOrEqual(11)
    expect(least).toBeGreaterThanOrEqual(4)
    await clock.runOut(run.stop())
  })

  it('is lowered once for all calls of a round, never below min', async () => {
    const clock = new VirtualClock()
    let running = 0
    const slow = async (): Promise<void> => { running++; await clock.sleep(100); running-- }
    const run = range(0).pipe(mapAsync(slow, { concurrency: { min: 8, max: 16, targetMs: 50, decrease: 0.5 } })).to(drain()).run({ clock })
    await clock.advance(1000)
    expect(running).toBe(8)
    await clock.runOut(run.stop())
  })

  it('does not grow while places are free: quick calls prove nothing then', async () => {
    const clock = new VirtualClock()
    const run = range(0, 50).pipe(
      mapAsync((n) => clock.sleep(10).then(() => n), { concurrency: 1 }),
      mapAsync((n) => clock.sleep(5).then(() => n), { concurrency: { min: 2, max: 10, targetMs: 20 }, capacity: 0, name: 'adaptive' }),
    ).to(drain()).run({ clock })
    await clock.runOut(run)
    expect(run.stats().stages.find(({ name }) => name === 'adaptive')?.queue?.capacity).toBe(2)
  })

  it('with keys, stats tell the places there are now, not those there may be one day', async () => {
    const clock = new VirtualClock()
    const call = (): Promise<void> => clock.sleep(10)
    const run = range(0, 50)
      .pipe(mapAsyncKeyed((n) => n % 7, call, { concurrency: { min: 1, max: 8, targetMs: 5 }, maxPending: 3, name: 'adaptive' }))
      .to(drain()).run({ clock })
    await clock.runOut(run)
    // Every call takes longer than it should: it stays at the least.
    expect(run.stats().stages.find(({ name }) => name === 'adaptive')?.queue?.capacity).toBe(1 + 3)
  })

  it('O8: each run adapts by itself', async () => {
    const clock = new VirtualClock()
    const pipeline = range(0, 30).pipe(mapAsync(() => clock.sleep(10), { concurrency: { max: 8, targetMs: 50 }, capacity: 0, name: 'adaptive' })).to(drain())
    const first = pipeline.run({ clock })
    await clock.runOut(first)
    const second = pipeline.run({ clock })
    expect(first.stats().stages.find(({ name }) => name === 'adaptive')?.queue?.capacity).toBeGreaterThan(3)
    expect(second.stats().stages.find(({ name }) => name === 'adaptive')?.queue?.capacity).toBe(1)
    await clock.runOut(second)
  })
})

describe('maxReorder', () => {
  it('is another name for capacity', async () => {
    const clock = new VirtualClock()
    for (const options of [{ capacity: 3 }, { maxReorder: 3 }]) {
      let started = 0
      const head = async (n: number): Promise<number> => { started++; if (n === 0) await clock.sleep(100); return n }
      const run = range(0).pipe(mapAsync(head, { concurrency: 2, ...options })).to(drain()).run({ clock })
      await clock.advance(50)
      expect(started).toBe(5)
      await clock.runOut(run.stop())
    }
  })
})

it.each<[string, () => unknown]>([
  ['mapAsync: concurrency.max must be a whole number of at least 4, got 3', () => mapAsync(call, { concurrency: { min: 4, max: 3, targetMs: 1 } })],
  ['mapAsync: concurrency.min must be a whole number of at least 1, got 0', () => mapAsync(call, { concurrency: { min: 0, max: 3, targetMs: 1 } })],
  ['mapAsync: concurrency.targetMs must be above 0, got 0', () => mapAsync(call, { concurrency: { max: 3, targetMs: 0 } })],
  ['mapAsync: concurrency.decrease must be a finite number from 0 to 1, got 2', () => mapAsync(call, { concurrency: { max: 3, targetMs: 1, decrease: 2 } })],
  ['mapAsync: concurrency must be a whole number of at least 1, got an array', () => mapAsync(call, { concurrency: [] as never })],
  ['mapAsync: concurrency must be a whole number of at least 1, got null', () => mapAsync(call, { concurrency: null as never })],
  ['mapAsync: limit must be a Limit, got 5', () => mapAsync(call, { concurrency: 1, limit: 5 as never })],
  ['mapAsync: limit must be a Limit, got null', () => mapAsync(call, { concurrency: 1, limit: null as never })],
  ['mapAsync: maxReorder must be left out where capacity is given', () => mapAsync(call, { concurrency: 1, capacity: 1, maxReorder: 1 })],
  ['mapAsyncUnordered: maxReorder must be a whole number of at least 0, got -1', () => mapAsyncUnordered(call, { concurrency: 1, maxReorder: -1 })],
])('O13: "%s" is said when the pipeline is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})
