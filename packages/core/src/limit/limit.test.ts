import { describe, expect, test } from 'vitest'
import { OptionError, QueueFullError, TimeoutError } from '../errors'
import { Limit } from './limit'
import { FakeClock, settled } from '../../test/fake-clock'
import type { AcquireOptions, LimitOptions } from './limit-options'
import type { Permit } from './permit'
import { listenerCount } from '../../../../test/listener-count'

/** Acquires and notes the name when the permit has come. */
function queueUp(limit: Limit, log: string[], name: string, options?: AcquireOptions): Promise<Permit> {
  const permit = limit.acquire(options)
  permit.then(
    () => log.push(name),
    () => undefined,
  )
  return permit
}

describe('concurrency', () => {
  test('Q60: never more permits are out than the concurrency, and one that comes back is handed on', async () => {
    const limit = new Limit({ concurrency: 2 })
    const log: string[] = []
    const first = await queueUp(limit, log, 'a')
    await queueUp(limit, log, 'b')
    void queueUp(limit, log, 'c')
    await settled()
    expect([log, limit.active, limit.waiting]).toEqual([['a', 'b'], 2, 1])
    first.release()
    await settled()
    expect([log, limit.active, limit.waiting]).toEqual([['a', 'b', 'c'], 2, 0])
  })

  test('Q64: growing lets callers in at once, shrinking takes effect as permits come back', async () => {
    const limit = new Limit({ concurrency: 1 })
    const log: string[] = []
    const permits = ['a', 'b', 'c', 'd', 'e'].map((name) => queueUp(limit, log, name))
    await settled()
    limit.concurrency = 3
    await settled()
    expect(log).toEqual(['a', 'b', 'c'])
    limit.concurrency = 1
    ;(await permits[0])?.release()
    ;(await permits[1])?.release()
    await settled()
    expect([log.length, limit.active]).toEqual([3, 1])
    ;(await permits[2])?.release()
    await settled()
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    limit.concurrency = Infinity
    await settled()
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('Q67: a permit comes back once, however often it is released, and at the end of its block', () => {
    const limit = new Limit({ concurrency: 2 })
    const permit = limit.tryAcquire()
    limit.tryAcquire()
    permit?.release()
    permit?.release()
    permit?.[Symbol.dispose]()
    expect([limit.active, permit?.isReleased]).toEqual([1, true])
  })

  test('Q72: run gives the permit back whatever came of the work', async () => {
    const limit = new Limit({ concurrency: 1 })
    expect(await limit.run(() => 1)).toBe(1)
    await expect(limit.run(() => Promise.reject(new Error('later')))).rejects.toThrow('later')
    const now = limit.run(() => {
      throw new Error('now')
    })
    await expect(now).rejects.toThrow('now')
    expect(limit.active).toBe(0)
  })

  test('Q70: one more caller than may wait is refused', async () => {
    const limit = new Limit({ concurrency: 1, maxWaiting: 1 })
    limit.tryAcquire()
    void limit.acquire()
    await expect(limit.acquire()).rejects.toThrow(QueueFullError)
  })
})

describe('rate', () => {
  test('Q61: the burst at once, then by the rate, with one timer, and none when nobody waits', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ rate: { count: 2, perMs: 100 }, clock })
    const log: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) void queueUp(limit, log, name)
    await settled()
    expect([log.join(''), clock.pending]).toEqual(['ab', 1])
    clock.advance(50)
    await settled()
    expect([log.join(''), clock.pending]).toEqual(['abc', 1])
    clock.advance(100)
    await settled()
    expect([log.join(''), clock.pending, limit.waiting]).toEqual(['abcde', 0, 0])
  })

  test('Q62: a head with a large cost is not starved by small ones', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ rate: { count: 10, perMs: 100 }, clock })
    const log: string[] = []
    await queueUp(limit, log, 'a', { cost: 8 })
    void queueUp(limit, log, 'big', { cost: 10 })
    void queueUp(limit, log, 'small', { cost: 1 })
    expect(limit.tryAcquire({ cost: 1 })).toBeUndefined()
    clock.advance(79)
    await settled()
    expect(log).toEqual(['a'])
    clock.advance(1)
    await settled()
    expect(log).toEqual(['a', 'big'])
    clock.advance(10)
    await settled()
    expect(log).toEqual(['a', 'big', 'small'])
  })

  test('Q63: a cost above the burst is an error at once', async () => {
    const limit = new Limit({ rate: { count: 10, perMs: 100, burst: 5 }, keyed: { rate: { count: 3, perMs: 1 } } })
    await expect(limit.acquire({ cost: 6 })).rejects.toThrow('at most the burst, 3')
    expect(() => limit.tryAcquire({ cost: 4 })).toThrow(OptionError)
    await expect(limit.acquire({ cost: -1 })).rejects.toThrow(OptionError)
    expect([limit.waiting, limit.keys]).toEqual([0, 0])
  })

  test('Q64: another rate counts from now on, also for those who wait', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ rate: { count: 1, perMs: 1_000 }, clock })
    const log: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) void queueUp(limit, log, name)
    limit.setRate({ count: 1, perMs: 10 })
    clock.advance(10)
    await settled()
    expect([log.join(''), clock.pending]).toEqual(['ab', 1])
    limit.setRate(undefined)
    await settled()
    expect([log.join(''), clock.pending, limit.rate]).toEqual(['abcde', 0, undefined])
  })

  test('Q69: no timer while the concurrency is what is waited for', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ concurrency: 1, rate: { count: 1, perMs: 100 }, clock })
    const log: string[] = []
    const first = await queueUp(limit, log, 'a')
    void queueUp(limit, log, 'b')
    expect(clock.pending).toBe(0)
    clock.advance(10)
    first.release()
    expect(clock.pending).toBe(1)
    clock.advance(90)
    await settled()
    expect([log, clock.pending]).toEqual([['a', 'b'], 0])
  })
})

describe('keys', () => {
  test('Q65: a key that is held back holds back no other', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ concurrency: 10, keyed: { concurrency: 1, rate: { count: 1, perMs: 100 } }, clock })
    const log: string[] = []
    const a1 = await queueUp(limit, log, 'a1', { key: 'a' })
    void queueUp(limit, log, 'a2', { key: 'a' })
    void queueUp(limit, log, 'b1', { key: 'b' })
    await settled()
    expect([log, clock.pending]).toEqual([['a1', 'b1'], 0])
    a1.release()
    expect(clock.pending).toBe(1)
    clock.advance(100)
    await settled()
    expect(log).toEqual(['a1', 'b1', 'a2'])
  })

  test('Q65: keys that wait for the shared figures take turns', async () => {
    const limit = new Limit({ concurrency: 1, keyed: { concurrency: 5 } })
    const log: string[] = []
    const permits: Promise<Permit>[] = []
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) permits.push(queueUp(limit, log, name, { key: name[0] }))
    for (const turn of [0, 1, 3, 5, 2, 4]) {
      await settled()
      ;(await permits[turn])?.release()
    }
    expect(log).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2'])
  })

  test('Q66: a key is forgotten when nobody uses it and its bucket is full again, not before', () => {
    const clock = new FakeClock()
    const limit = new Limit({ keyed: { rate: { count: 1, perMs: 100 } }, clock })
    for (let key = 0; key < 100; key++) limit.tryAcquire({ key })?.release()
    clock.advance(99)
    expect([limit.keys, limit.tryAcquire({ key: 7 })]).toEqual([100, undefined])
    clock.advance(1)
    const held = limit.tryAcquire({ key: 7 })
    clock.advance(100)
    expect([limit.keys, clock.pending]).toEqual([1, 0])
    held?.release()
    expect(limit.keys).toBe(0)
  })

  test('Q66: keys are forgotten along the way, without anybody asking', () => {
    const clock = new FakeClock()
    const limit = new Limit({ keyed: { rate: { count: 1, perMs: 10 } }, clock })
    for (let key = 0; key < 1_000; key++) {
      limit.tryAcquire({ key })?.release()
      clock.advance(1)
    }
    expect(limit.keys).toBeLessThanOrEqual(10)
  })

  test('Q64: other figures for each key let in who was held back', async () => {
    const limit = new Limit({ keyed: { concurrency: 1 } })
    const log: string[] = []
    for (const name of ['a1', 'a2', 'a3']) void queueUp(limit, log, name, { key: 'a' })
    limit.setKeyed({ concurrency: 2 })
    await settled()
    expect(log).toEqual(['a1', 'a2'])
    expect(() => {
      new Limit({ concurrency: 1 }).setKeyed({ concurrency: 2 })
    }).toThrow(OptionError)
  })

  test('Q65: without keyed figures a key makes no difference', () => {
    const limit = new Limit({ concurrency: 1 })
    limit.tryAcquire({ key: 'a' })
    expect([limit.tryAcquire({ key: 'b' }), limit.keys]).toEqual([undefined, 0])
  })
})

describe('giving up', () => {
  test('Q68: whoever gives up leaves neither listener nor timer, and the next one moves up', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ rate: { count: 10, perMs: 100 }, clock })
    limit.tryAcquire({ cost: 9 })
    const controller = new AbortController()
    const { signal } = controller
    const listeners = (): number => listenerCount(signal, 'abort')
    const log: string[] = []
    const big = queueUp(limit, log, 'big', { cost: 10, signal })
    const late = queueUp(limit, log, 'late', { cost: 9, timeoutMs: 5, signal })
    void queueUp(limit, log, 'small', { cost: 1 })
    expect([listeners(), clock.pending]).toEqual([1, 2])
    clock.advance(5)
    await expect(late).rejects.toThrow(TimeoutError)
    await settled()
    expect([log, listeners()]).toEqual([[], 1])
    controller.abort(new Error('left'))
    await expect(big).rejects.toThrow('left')
    await settled()
    expect([log, limit.waiting, listeners(), clock.pending]).toEqual([['small'], 0, 0, 0])
    await expect(limit.acquire({ signal })).rejects.toThrow('left')
    expect(limit.active).toBe(2)
  })

  test('Q68: when the head gives up, a cheaper one behind it goes at once', async () => {
    const clock = new FakeClock()
    const limit = new Limit({ rate: { count: 10, perMs: 100 }, clock })
    limit.tryAcquire({ cost: 9 })
    const controller = new AbortController()
    const log: string[] = []
    const big = queueUp(limit, log, 'big', { cost: 10, signal: controller.signal })
    void queueUp(limit, log, 'small', { cost: 1 })
    controller.abort(new Error('left'))
    await expect(big).rejects.toThrow('left')
    await settled()
    expect([log, clock.pending]).toEqual([['small'], 0])
  })
})

test.each<LimitOptions>([
  {},
  { concurrency: 0 },
  { concurrency: 1.5 },
  { rate: { count: 0, perMs: 1 } },
  { rate: { count: 1, perMs: 0 } },
  { rate: { count: 1, perMs: Infinity } },
  { rate: { count: 1, perMs: 1, burst: 0 } },
  { rate: 0.5 },
  { keyed: { concurrency: -1 } },
  { concurrency: 1, maxWaiting: NaN },
])('Q71: a limit with %j cannot be made', (options) => {
  expect(() => new Limit(options)).toThrow(OptionError)
})

test('Q71: a limit cannot be changed to something that cannot work', () => {
  const limit = new Limit({ concurrency: 2, rate: { count: 1, perMs: 1 } })
  expect(() => {
    limit.concurrency = 0
  }).toThrow(OptionError)
  expect(() => {
    limit.setRate({ count: -1, perMs: 1 })
  }).toThrow(OptionError)
  expect([limit.concurrency, limit.rate]).toEqual([2, { count: 1, perMs: 1 }])
})
