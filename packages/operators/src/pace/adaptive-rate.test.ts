import { describe, expect, it } from 'vitest'
import { drain, from, Limit, OptionError, range, TimeoutError, toArray, type LimitLike } from '@sluice/core'
import { explore, settle, VirtualClock } from '@sluice/testing'
import { settled } from '../../test/timeline'
import { AdaptiveRate, mapAsync, throttle, type AdaptiveRateOptions } from '../index'

const make = (clock: VirtualClock, options: Partial<AdaptiveRateOptions> = {}): AdaptiveRate =>
  new AdaptiveRate({ limit: new Limit({ concurrency: 4, clock }), max: 100, clock, ...options })

/** Takes so many permits that the limit holds work back. */
const press = (limit: LimitLike): void => { while (limit.tryAcquire()); }

describe('AdaptiveRate', () => {
  it('raises the limit after as many good answers as its level is', () => {
    const clock = new VirtualClock()
    const adaptive = make(clock)
    const levels = Array.from({ length: 9 }, () => {
      press(adaptive.limit)
      adaptive.observe({ startedAt: clock.now() })
      return adaptive.level
    })
    expect(levels).toEqual([4, 4, 4, 5, 5, 5, 5, 5, 6])
    expect(adaptive.limit.concurrency).toBe(6)
  })

  it('does not raise it while the limit holds nothing back', () => {
    const clock = new VirtualClock()
    const adaptive = make(clock)
    for (let i = 0; i < 100; i++) adaptive.observe({ startedAt: clock.now() })
    expect(adaptive.level).toBe(4)
  })

  it('lowers it at an error or a slow answer, once for all that began before', async () => {
    const clock = new VirtualClock()
    const adaptive = make(clock, { limit: new Limit({ concurrency: 40, clock }), targetMs: 100 })
    await clock.advance(101)
    for (let i = 0; i < 10; i++) adaptive.observe({ startedAt: 0 })
    expect(adaptive.level).toBe(20)
    adaptive.observe({ startedAt: 101, failure: { error: new Error() } })
    expect(adaptive.level).toBe(10)
  })

  it('keeps its bounds, and tells of changes only', () => {
    const clock = new VirtualClock()
    const changes: number[] = []
    const adaptive = make(clock, { min: 2, max: 5, decrease: 0.6, increase: 3, onChange: (level) => changes.push(level) })
    for (let i = 0; i < 4; i++) adaptive.observe({ startedAt: clock.now(), failure: { error: 'no' } })
    for (let i = 0; i < 30; i++) {
      press(adaptive.limit)
      adaptive.observe({ startedAt: clock.now() })
    }
    expect(changes).toEqual([2, 5])
  })

  it('adapts the rate of a limit that has one, and keeps the rest of it', () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 100, perMs: 1000, burst: 7 }, clock })
    const adaptive = new AdaptiveRate({ limit, max: 50, clock })
    expect(limit.rate).toEqual({ count: 50, perMs: 1000, burst: 7 })
    adaptive.observe({ startedAt: 0, failure: { error: 'no' } })
    expect(limit.rate).toEqual({ count: 25, perMs: 1000, burst: 7 })
  })

  it('an error that is no sign of overload is an answer like any other', () => {
    const clock = new VirtualClock()
    const adaptive = make(clock, { isOverload: (error) => error !== 'not found' })
    press(adaptive.limit)
    for (let i = 0; i < 4; i++) adaptive.observe({ startedAt: 0, failure: { error: 'not found' } })
    expect(adaptive.level).toBe(5)
    adaptive.observe({ startedAt: 0, failure: { error: 'overloaded' } })
    expect(adaptive.level).toBe(2)
  })

  it('run gives its permit back, whatever came of it', async () => {
    const clock = new VirtualClock()
    const adaptive = make(clock)
    expect(await adaptive.run(() => 5)).toBe(5)
    await expect(adaptive.run(() => { throw new Error('no') })).rejects.toThrow('no')
    expect([adaptive.limit.active, adaptive.level]).toEqual([0, 2])
    const picky = make(clock, { onChange: () => { throw new Error('told') } })
    await expect(picky.run(async () => { throw new Error('no') })).rejects.toThrow('told')
    expect(picky.limit.active).toBe(0)
  })

  it('work that was told to stop says nothing, unless it took too long', async () => {
    const clock = new VirtualClock()
    const adaptive = make(clock)
    const stop = async (reason: unknown): Promise<number> => {
      const controller = new AbortController()
      const work = adaptive.run(() => clock.sleep(10).then(() => Promise.reject(new Error('stopped'))), { signal: controller.signal })
      const over = settled(work)
      await settle(1)
      controller.abort(reason)
      await clock.advance(10)
      await over
      return adaptive.level
    }
    expect(await stop(new Error('aborted'))).toBe(4)
    expect(await stop(new TimeoutError('too slow'))).toBe(2)
  })

  it.each([10, 25])('with mapAsync finds out that a service takes %i calls at once, and follows when that changes', async (capacity) => {
    const clock = new VirtualClock()
    const adaptive = make(clock, { limit: new Limit({ concurrency: 1, clock }), targetMs: 60 })
    const service = { capacity, running: 0, most: 0 }
    const call = async (n: number): Promise<number> => {
      service.most = Math.max(service.most, ++service.running)
      await clock.sleep(50 * Math.max(1, service.running / service.capacity))
      service.running--
      return n
    }
    const run = range(0).pipe(mapAsync((n, { signal }) => adaptive.run(() => call(n), { signal }), { concurrency: 100 })).to(drain()).run({ clock })
    await clock.advance(4_000)
    // It goes up to where answers are 20 % slower than they could be, and from there down to a half.
    const bounds = [Math.floor(capacity / 2), Math.ceil(capacity * 1.2) + 1] as const
    for (let i = 0; i < 20; i++) {
      await clock.advance(100)
      expect(adaptive.level).toBeGreaterThanOrEqual(bounds[0])
      expect(adaptive.level).toBeLessThanOrEqual(bounds[1])
    }
    service.capacity = 4
    await clock.advance(2_000)
    for (let i = 0; i < 10; i++) {
      await clock.advance(100)
      expect(adaptive.level).toBeLessThanOrEqual(6)
    }
    await clock.runOut(run.abort())
    await settled(run)
    await clock.advance(1000)
    expect([adaptive.limit.active, adaptive.limit.waiting, clock.pendingTimers]).toEqual([0, 0, 0])
  })

  it('with throttle and a shared limit finds out which rate a service takes', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 100, burst: 1 }, clock })
    const adaptive = new AdaptiveRate({ limit, max: 100, clock, decrease: 0.7 })
    let tokens = 0
    // It refuses what comes faster than 20 per 100 ms.
    const call = (n: number): number => {
      if (tokens-- < 1) throw new Error('too many')
      return n
    }
    const refill = async (): Promise<void> => { for (;;) { tokens = Math.min(3, tokens + 1); await clock.sleep(5) } }
    void refill()
    const observed = mapAsync((n: number) => {
      const startedAt = clock.now()
      try {
        call(n)
        adaptive.observe({ startedAt })
      } catch (error) {
        adaptive.observe({ startedAt, failure: { error } })
      }
    }, { concurrency: 1, capacity: 10 })
    const run = range(0).pipe(throttle({ limit }), observed).to(drain()).run({ clock })
    await clock.advance(4_000)
    for (let i = 0; i < 10; i++) {
      await clock.advance(100)
      expect(adaptive.level).toBeGreaterThanOrEqual(12)
      expect(adaptive.level).toBeLessThanOrEqual(25)
    }
    await clock.runOut(run.abort())
    await settled(run)
  })

  it('does what its model does, for any work, failures and times', async () => {
    await explore(150, async ({ random }) => {
      const clock = new VirtualClock()
      const some = (from_: number, to: number): number => from_ + Math.floor(random() * (to - from_ + 1))
      const options = { min: some(1, 3), max: some(3, 12), increase: some(1, 3), decrease: some(1, 9) / 10, targetMs: some(5, 40) }
      const adaptive = new AdaptiveRate({ limit: new Limit({ concurrency: some(1, 12), clock }), clock, ...options })
      interface Answer { startedAt: number; at: number; failed: boolean; pressed: boolean; level: number }
      const answers: Answer[] = []
      const first = adaptive.level
      const work = Array.from({ length: 60 }, async () => {
        await clock.sleep(random() * 200)
        const bad = random() < 0.1
        await adaptive.run(async () => {
          const startedAt = clock.now()
          await clock.sleep(random() * 30)
          const pressed = adaptive.limit.waiting > 0 || adaptive.limit.active >= adaptive.level
          const answer = { startedAt, at: clock.now(), failed: bad, pressed, level: 0 }
          answers.push(answer)
          queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => { answer.level = adaptive.level })))
          if (bad) throw new Error('bad')
        }).catch(() => {})
      })
      await clock.runOut(Promise.all(work))
      await settle(1)

      // The level after each answer, from all answers up to it.
      let level = first
      let changedAt = -1
      let loweredAt = -Infinity
      for (const [i, answer] of answers.entries()) {
        if (answer.startedAt >= loweredAt) {
          const good = answers.slice(changedAt + 1, i + 1).filter(({ startedAt, pressed }) => startedAt >= loweredAt && pressed)
          if (answer.failed || answer.at - answer.startedAt > options.targetMs) {
            level = Math.max(options.min, Math.floor(level * options.decrease))
            loweredAt = answer.at
            changedAt = i
          } else if (answer.pressed && good.length >= level) {
            level = Math.min(options.max, level + options.increase)
            changedAt = i
          }
        }
        expect([i, answer.level]).toEqual([i, level])
      }
      expect([adaptive.level, adaptive.limit.concurrency]).toEqual([level, level])
      expect([adaptive.limit.active, adaptive.limit.waiting, clock.pendingTimers]).toEqual([0, 0, 0])
    })
  }, 60_000)

  it('O13: refuses options that cannot work', () => {
    const limit = new Limit({ concurrency: 1 })
    expect(() => new AdaptiveRate({ limit: {} as never, max: 1 })).toThrow(OptionError)
    expect(() => new AdaptiveRate({ limit: {} as never, max: 1 })).toThrow('AdaptiveRate: limit must be a Limit, got an object')
    expect(() => new AdaptiveRate({ limit: new Limit({ keyed: { concurrency: 1 } }), max: 1 })).toThrow('AdaptiveRate: limit must be a Limit with a shared rate or concurrency')
    expect(() => new AdaptiveRate({ limit, max: 1, min: 2 })).toThrow('AdaptiveRate: max must be a whole number of at least 2, got 1')
    expect(() => new AdaptiveRate({ limit, max: 1, decrease: 1 })).toThrow('AdaptiveRate: decrease must be above 0 and below 1, got 1')
    expect(() => new AdaptiveRate({ limit, max: 1, increase: 0 })).toThrow('AdaptiveRate: increase must be a whole number of at least 1, got 0')
    expect(() => new AdaptiveRate({ limit, max: 1, targetMs: -1 })).toThrow('AdaptiveRate: targetMs must be a finite number of at least 0, got -1')
  })

  it('is for real time too', async () => {
    const adaptive = new AdaptiveRate({ limit: new Limit({ concurrency: 4 }), max: 64, targetMs: 200 })
    const call = mapAsync((n: number, { signal }) => adaptive.run(async () => n * 2, { signal }), { concurrency: 64 })
    expect(await from([1, 2, 3]).pipe(call).to(toArray()).run()).toEqual([2, 4, 6])
  })
})
