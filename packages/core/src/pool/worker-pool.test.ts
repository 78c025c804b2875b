import { describe, expect, test } from 'vitest'
import { AbortError, OptionError, QueueClosedError, QueueFullError, TimeoutError } from '../errors'
import { FakeClock, settled } from '../../test/fake-clock'
import { WorkerPool } from './worker-pool'
import type { WorkContext, WorkerPoolOptions } from './worker-pool-options'
import { listenerCount } from '../../../../test/listener-count'
import { unhandledRejections } from '../../../../test/unhandled-rejections'

interface Work {
  readonly item: string
  readonly context: WorkContext
  readonly done: (value?: string) => void
  readonly fail: (error: unknown) => void
}

/** A pool whose workers finish when the test says so. */
function manual(options: WorkerPoolOptions): { pool: WorkerPool<string, string>; works: Work[]; started: () => string } {
  const works: Work[] = []
  const work = (item: string, context: WorkContext): Promise<string> =>
    new Promise((resolve, reject) => {
      const done = (value = item): void => {
        resolve(value)
      }
      works.push({ item, context, done, fail: reject })
    })
  return { pool: new WorkerPool(work, options), works, started: () => works.map(({ item }) => item).join('') }
}

const quiet = (error: unknown): unknown => error

describe('accepting and running', () => {
  test('Q80: concurrency run, capacity wait, and submit resolves when an item was accepted', async () => {
    const { pool, works, started } = manual({ concurrency: 2, capacity: 1 })
    const accepted: string[] = []
    for (const item of ['a', 'b', 'c', 'd', 'e']) void pool.submit(item).then(() => accepted.push(item))
    await settled()
    expect([started(), accepted.join('')]).toEqual(['ab', 'abc'])
    expect(pool.stats).toEqual({ running: 2, waiting: 1, completed: 0, failed: 0, concurrency: 2 })
    works[1]?.done()
    await settled()
    expect([started(), accepted.join('')]).toEqual(['abc', 'abcd'])
  })

  test('Q80: with capacity 0 an item is accepted when a worker is free for it', async () => {
    const { pool, works, started } = manual({ concurrency: 1, capacity: 0 })
    let accepted = 0
    for (const item of ['a', 'b']) void pool.submit(item).then(() => accepted++)
    await settled()
    expect([started(), accepted, pool.stats.waiting]).toEqual(['a', 1, 0])
    works[0]?.done()
    await settled()
    expect([started(), accepted]).toEqual(['ab', 2])
  })

  test('Q82: the result is what the worker answers, at once or later', async () => {
    const pool = new WorkerPool((item: number) => (item % 2 === 0 ? item * 10 : Promise.resolve(item * 10)), {
      concurrency: 2,
      capacity: 1,
    })
    const results = await Promise.all([1, 2, 3, 4, 5].map((item) => pool.run(item)))
    expect([results, pool.stats.completed]).toEqual([[10, 20, 30, 40, 50], 5])
  })

  test('Q82: the worker is told which attempt it is', async () => {
    const pool = new WorkerPool((_: string, { attempt }) => attempt, { concurrency: 1, capacity: 0 })
    expect([await pool.run('a'), await pool.run('a', { attempt: 3 })]).toEqual([1, 3])
    await expect(pool.run('a', { attempt: 0 })).rejects.toThrow(OptionError)
  })

  test('Q84: growing starts more at once, shrinking takes effect as workers finish', async () => {
    const { pool, works, started } = manual({ concurrency: 1, capacity: 4 })
    for (const item of ['a', 'b', 'c', 'd', 'e']) void pool.run(item)
    pool.resize(3)
    expect(started()).toBe('abc')
    pool.resize(1)
    works[0]?.done()
    works[1]?.done()
    await settled()
    expect([started(), pool.stats.running]).toEqual(['abc', 1])
    works[2]?.done()
    await settled()
    expect(started()).toBe('abcd')
    expect(() => {
      pool.resize(0)
    }).toThrow(OptionError)
  })

  test('Q91: a worker may use its own pool, and synchronous work does not deepen the stack', async () => {
    const count = 100_000
    let running = 0
    let most = 0
    const pool: WorkerPool<number, number> = new WorkerPool(
      (item) => {
        most = Math.max(most, ++running)
        if (item < 3) void pool.run(item + 1)
        running--
        return item
      },
      { concurrency: 1, capacity: count },
    )
    const gate = pool.run(0)
    const all = Promise.all(Array.from({ length: count }, (_, i) => pool.run(i + 10)))
    await Promise.all([gate, all, pool.drain()])
    expect([most, pool.stats.completed]).toEqual([1, count + 4])
  })

  test('Q91: a hundred thousand callers that wait are accepted without a deep stack', async () => {
    const { pool, works } = manual({ concurrency: 1, capacity: 0, maxWaiting: Infinity })
    const first = pool.run('first')
    const rest = Array.from({ length: 100_000 }, () => pool.run('rest').catch(quiet))
    pool.abort(new Error('over'))
    works[0]?.done()
    expect([await first, (await Promise.all(rest)).length]).toEqual(['first', 100_000])
  })

  test('Q92: one more caller than may wait is refused', async () => {
    const { pool } = manual({ concurrency: 1, capacity: 1, maxWaiting: 1 })
    for (const item of ['a', 'b', 'c']) void pool.run(item)
    await expect(pool.run('d')).rejects.toThrow(QueueFullError)
    await expect(pool.submit('d')).rejects.toThrow(QueueFullError)
  })
})

describe('errors', () => {
  test('Q83: an error rejects the result of its own item, and the pool goes on', async () => {
    const pool = new WorkerPool(
      (item: string) => {
        if (item === 'now') throw new Error('now')
        return item === 'later' ? Promise.reject(new Error('later')) : item
      },
      { concurrency: 1, capacity: 3 },
    )
    const results = await Promise.allSettled(['now', 'fine', 'later', 'fine'].map((item) => pool.run(item)))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect([pool.stats.completed, pool.stats.failed]).toEqual([2, 2])
  })

  test('Q83: a foreign thenable that settles twice or throws settles its result once', async () => {
    const twice = {
      then(good: (value: string) => void, bad: (error: unknown) => void) {
        good('good')
        bad('bad')
        good('again')
      },
    }
    const throwing = {
      get then(): never {
        throw new Error('getter')
      },
    }
    const pool = new WorkerPool((item: unknown) => item as PromiseLike<string>, { concurrency: 1, capacity: 2 })
    expect(await pool.run(twice)).toBe('good')
    await expect(pool.run(throwing)).rejects.toThrow('getter')
    expect(pool.stats).toMatchObject({ running: 0, completed: 1, failed: 1 })
  })

  test('Q83: a rejected result nobody listens to surfaces; a handled run causes no second report', async () => {
    const pool = new WorkerPool((item: string) => Promise.reject(new Error(item)), { concurrency: 1, capacity: 1 })
    const seen = await unhandledRejections(() => {
      void pool.submit('submit')
      for (const item of ['queued', 'waiting', 'waiting too']) pool.run(item).catch(quiet)
      void pool.run('run')
    })
    expect(seen.map((error) => (error as Error).message)).toEqual(['submit', 'run'])
  })

  test('Q83: a submit that was refused causes no report about a result nobody ever saw', async () => {
    const { pool } = manual({ concurrency: 1, capacity: 0 })
    const controller = new AbortController()
    const seen = await unhandledRejections(() => {
      void pool.run('a')
      pool.submit('b', { signal: controller.signal }).catch(quiet)
      pool.submit('c').catch(quiet)
      controller.abort()
      pool.close()
    })
    expect(seen).toEqual([])
  })
})

describe('leaving and ending', () => {
  test('Q88: a caller that leaves is let go at once, wherever its item is', async () => {
    const { pool, works, started } = manual({ concurrency: 1, capacity: 1 })
    const controllers = ['a', 'b', 'c'].map(() => new AbortController())
    const signals = controllers.map(({ signal }) => signal)
    const listeners = (): number[] => signals.map((signal) => listenerCount(signal, 'abort'))
    const results = ['a', 'b', 'c'].map((item, i) => {
      const signal = signals[i] as AbortSignal
      return pool.run(item, { signal }).catch((error: unknown) => (error as Error).message)
    })
    expect(listeners()).toEqual([1, 1, 1])
    for (const [i, controller] of controllers.entries()) controller.abort(new Error(`left ${i}`))
    expect(await Promise.all(results)).toEqual(['left 0', 'left 1', 'left 2'])
    expect((works[0]?.context.signal.reason as Error).message).toBe('left 0')
    // Its worker has not stopped yet, so nobody may start. When b left, c was accepted in its place.
    expect([started(), pool.stats.running, pool.stats.failed]).toEqual(['a', 1, 2])
    const next = pool.run('d')
    works[0]?.done()
    await settled()
    expect(started()).toBe('ad')
    works[1]?.done()
    expect(await next).toBe('d')
    expect([pool.stats.completed, pool.stats.failed, ...listeners()]).toEqual([1, 3, 0, 0, 0])
    await expect(pool.run('e', { signal: signals[0] })).rejects.toThrow('left 0')
  })

  test('Q88: an item that is given up makes room for a caller that waits', async () => {
    const { pool } = manual({ concurrency: 1, capacity: 1 })
    const controller = new AbortController()
    void pool.run('a')
    const given = pool.run('b', { signal: controller.signal })
    let accepted = false
    void pool.submit('c').then(() => (accepted = true))
    controller.abort(new Error('left'))
    await expect(given).rejects.toThrow('left')
    expect([accepted, pool.stats.waiting]).toEqual([true, 1])
  })

  test('Q89: work that takes too long is signalled and its result rejects; no timer is left', async () => {
    const clock = new FakeClock()
    const { pool, works } = manual({ concurrency: 1, capacity: 1, timeoutMs: 10, clock })
    const slow = pool.run('a')
    const fast = pool.run('b')
    clock.advance(9)
    const { signal } = works[0]?.context as WorkContext
    expect([signal.aborted, clock.pending]).toEqual([false, 1])
    clock.advance(1)
    await expect(slow).rejects.toThrow(TimeoutError)
    expect([signal.aborted, signal.reason instanceof TimeoutError, works.length]).toEqual([true, true, 1])
    works[0]?.fail(new Error('stopped'))
    await settled()
    works[1]?.done()
    expect([await fast, clock.pending]).toEqual(['b', 0])
    expect(pool.stats).toMatchObject({ completed: 1, failed: 1 })
  })

  test('Q85: drain resolves when everything accepted is done, and at once when nothing is there', async () => {
    const { pool, works } = manual({ concurrency: 1, capacity: 1 })
    await pool.drain()
    for (const item of ['a', 'b', 'c']) pool.run(item).catch(quiet)
    let drained = 0
    void pool.drain().then(() => drained++)
    void pool.drain().then(() => drained++)
    for (const [i, wanted] of [0, 0, 2].entries()) {
      if (i === 1) works[i]?.fail(new Error('failed'))
      else works[i]?.done()
      await settled()
      expect(drained).toBe(wanted)
    }
  })

  test('Q86: close accepts no more and finishes what it has', async () => {
    const { pool, works } = manual({ concurrency: 1, capacity: 1 })
    const [running, waiting, refused] = ['a', 'b', 'c'].map((item) => pool.run(item))
    pool.close()
    pool.close()
    await expect(refused).rejects.toThrow(QueueClosedError)
    await expect(pool.submit('d')).rejects.toThrow(QueueClosedError)
    works[0]?.done()
    await settled()
    works[1]?.done()
    expect([await running, await waiting, pool.isClosed]).toEqual(['a', 'b', true])
  })

  test('Q93: await using closes the pool and waits until it is done', async () => {
    const { pool, works } = manual({ concurrency: 1, capacity: 0 })
    const result = pool.run('a')
    const disposed = pool[Symbol.asyncDispose]()
    await expect(pool.run('b')).rejects.toThrow(QueueClosedError)
    works[0]?.done()
    await disposed
    expect(await result).toBe('a')
  })

  test('Q87: abort signals what runs, rejects what waits, and drain tells when all have stopped', async () => {
    const { pool, works } = manual({ concurrency: 2, capacity: 1 })
    const results = ['a', 'b', 'c', 'd'].map((item) => pool.run(item))
    const early = works[0]?.context.signal
    pool.abort(new Error('over'))
    pool.abort(new Error('again'))
    await expect(results[2]).rejects.toThrow('over')
    await expect(results[3]).rejects.toThrow('over')
    await expect(pool.run('e')).rejects.toThrow('over')
    // Also a worker that looks at its signal only now.
    expect([early, works[1]?.context.signal].map((signal) => (signal?.reason as Error).message)).toEqual(['over', 'over'])
    works[0]?.fail(new Error('stopped'))
    works[1]?.done('finished all the same')
    await pool.drain()
    await expect(results[0]).rejects.toThrow('stopped')
    expect(await results[1]).toBe('finished all the same')
    expect(pool.stats).toMatchObject({ running: 0, waiting: 0, completed: 1, failed: 2 })
  })

  test('Q87: the default reason is an AbortError', async () => {
    const { pool } = manual({ concurrency: 1, capacity: 0 })
    pool.abort()
    await expect(pool.run('a')).rejects.toThrow(AbortError)
  })
})

test.each([
  { concurrency: 0, capacity: 1 },
  { concurrency: 1, capacity: -1 },
  { concurrency: 1.5, capacity: 1 },
  { concurrency: 1, capacity: Infinity },
  { concurrency: 1, capacity: 1, timeoutMs: -1 },
  { concurrency: 1, capacity: 1, maxWaiting: 0.5 },
])('Q92: a pool with %j cannot be made', (options) => {
  expect(() => new WorkerPool(() => 1, options)).toThrow(OptionError)
})

test('Q92: a worker has to be a function', () => {
  expect(() => new WorkerPool('work' as unknown as () => number, { concurrency: 1, capacity: 1 })).toThrow(OptionError)
})
