import { describe, expect, it, vi } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import {
  BoundedQueue, forEach, from, fromProducer, KeyedQueue, Limit, OptionError, PriorityQueue, retry, toArray, Topic,
  WorkerPool,
} from '../index'
import { RingBuffer } from '../authoring'
import { listenerCount } from '../../../../test/listener-count'

describe('giving up', () => {
  it('Q8: leaves no listener on the signal and no timer, whether served or not', async () => {
    const clock = new VirtualClock()
    const controller = new AbortController()
    const options = { signal: controller.signal, timeoutMs: 1000 }
    const queue = new BoundedQueue<number>({ capacity: 1, clock })
    const taking = queue.take(options)
    await queue.put(1, options)
    expect(await taking).toBe(1)
    await queue.put(2, options)
    const putting = queue.put(3, options)
    queue.tryTake()
    await putting
    expect(listenerCount(controller.signal, 'abort')).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('Q8: a timeout rejects with a TimeoutError, and the value is not in the queue', async () => {
    const clock = new VirtualClock()
    const queue = new BoundedQueue<number>({ capacity: 1, clock, name: 'inbox' })
    queue.tryPut(1)
    const late = queue.put(2, { timeoutMs: 50 }).catch((error: unknown) => error)
    await clock.advance(50)
    expect(await late).toMatchObject({ name: 'TimeoutError', message: 'inbox.put: gave up after 50 ms' })
    expect([queue.tryTake(), queue.tryTake()]).toEqual([1, undefined])
  })

  it('Q8: an aborted signal is refused before anything happens', async () => {
    const queue = new BoundedQueue<number>({ capacity: 1 })
    const signal = AbortSignal.abort(new Error('over'))
    await expect(queue.put(1, { signal })).rejects.toThrow('over')
    await expect(queue.take({ signal })).rejects.toThrow('over')
    expect(queue.size).toBe(0)
  })
})

describe('weight', () => {
  it('Q9: bounds what is inside; a value too heavy for the bound enters an empty queue', async () => {
    const queue = new BoundedQueue<string>({ capacity: 10, weigh: (text) => text.length, maxWeight: 5 })
    expect([queue.tryPut('abc'), queue.tryPut('de'), queue.tryPut('f')]).toEqual([true, true, false])
    expect([queue.size, queue.weight, queue.isFull]).toEqual([2, 5, true])
    const heavy = queue.put('0123456789')
    expect([await queue.take(), await queue.take()]).toEqual(['abc', 'de'])
    await heavy
    expect([queue.size, queue.weight]).toEqual([1, 10])
    expect(await queue.take()).toBe('0123456789')
    expect(queue.weight).toBe(0)
  })

  it.each([Number.NaN, Infinity, -1, '3' as never])('Q9: %s is no weight, and is refused', (weight) => {
    const queue = new BoundedQueue<string>({ capacity: 1, weigh: () => weight, maxWeight: 1 })
    expect(() => queue.tryPut('a')).toThrow(`weigh must answer a finite number of at least 0, got ${typeof weight === 'string' ? '"3"' : weight}`)
    expect([queue.size, queue.weight]).toEqual([0, 0])
  })

  it('Q9: leaves nothing of the rounding of its sums behind', () => {
    const queue = new BoundedQueue<number>({ capacity: 3, weigh: (value) => value, maxWeight: 1 })
    for (const value of [0.1, 0.2, 0.3]) queue.tryPut(value)
    while (!queue.isEmpty) queue.tryTake()
    expect(queue.weight).toBe(0)
  })

  it('Q9: bounds a queue with priorities and one with keys as well', () => {
    const weight = { weigh: (job: string) => job.length, maxWeight: 5 }
    const levels = new PriorityQueue<string>({ capacity: 9, levels: 3, priority: (job) => Number(job[1]), ...weight })
    const order = new PriorityQueue<string>({ capacity: 9, compare: (a, b) => Number(a[1]) - Number(b[1]), ...weight })
    const keys = new KeyedQueue<string, string>({ capacity: 9, key: (job) => job[1] as string, ...weight })
    for (const queue of [levels, order, keys]) {
      expect(['a1', 'b0', 'c0'].map((job) => queue.tryPut(job))).toEqual([true, true, false])
      expect([queue.weight, queue.isFull]).toEqual([4, false])
    }
    expect([levels.tryTake(), order.tryTake(), keys.tryTake()]).toEqual(['b0', 'b0', 'a1'])
    expect([levels.weight, order.weight, keys.weight]).toEqual([2, 2, 2])
  })

  it('Q3: takeUpTo takes fewer than its min where the bound on weight lets no more in', async () => {
    const queue = new BoundedQueue<number>({ capacity: 5, weigh: () => 10, maxWeight: 10 })
    const taking = queue.takeUpTo(2, { min: 2 })
    await queue.put(1)
    void queue.put(2)
    expect(await taking).toEqual([1, 2])
  })
})

it('Q11: watermarks are told once per stretch', async () => {
  const log: string[] = []
  const queue = new BoundedQueue<number>({ capacity: 8, high: 6, low: 2, onHigh: () => log.push('high'), onLow: () => log.push('low') })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 8; i++) queue.tryPut(i)
    for (let i = 0; i < 8; i++) queue.tryTake()
  }
  expect(log).toEqual(['high', 'low', 'high', 'low'])
})

it('Q10: a throwing onDrop does not corrupt the queue', () => {
  const queue = new BoundedQueue<number>({ capacity: 1, overflow: 'drop-oldest', onDrop: () => { throw new Error('mine') } })
  queue.tryPut(1)
  expect(() => queue.tryPut(2)).toThrow('mine')
  expect([queue.size, queue.tryTake(), queue.dropped]).toEqual([1, 2, 1])
})

it('Q6: too many puts that nobody awaits are refused', async () => {
  const queue = new BoundedQueue<number>({ capacity: 1, maxWaitingPuts: 2 })
  const puts = [1, 2, 3, 4].map((value) => queue.put(value))
  await expect(puts[3]).rejects.toThrow('2 puts are waiting already; await each put before the next')
  expect(await queue.takeUpTo(5, { min: 1 })).toEqual([1, 2, 3])
})

it('Q3: takeUpTo waits for its min, and takes fewer only at the end', async () => {
  const queue = new BoundedQueue<number>({ capacity: 5 })
  const taken = vi.fn()
  const taking = queue.takeUpTo(4, { min: 3 }).then(taken)
  await queue.put(1)
  await queue.put(2)
  await settle(1)
  expect(taken).not.toHaveBeenCalled()
  await queue.put(3)
  await taking
  expect(taken).toHaveBeenCalledWith([1, 2, 3])
  const last = queue.takeUpTo(4, { min: 3 })
  await queue.put(9)
  queue.close()
  expect([await last, await queue.takeUpTo(2)]).toEqual([[9], []])
})

describe('async iteration', () => {
  it('Q12: gives each value to one of several consumers, and ends them all', async () => {
    const queue = new BoundedQueue<number>({ capacity: 2 })
    const seen: number[] = []
    const consume = async (): Promise<void> => { for await (const value of queue) { seen.push(value); await Promise.resolve() } }
    const consumers = [consume(), consume(), consume()]
    for (let i = 0; i < 20; i++) await queue.put(i)
    queue.close()
    await Promise.all(consumers)
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('Q12: leaving the loop ends one consumer only, and loses nothing', async () => {
    const queue = new BoundedQueue<number>({ capacity: 5 })
    for (let i = 0; i < 4; i++) queue.tryPut(i)
    for await (const value of queue) if (value === 1) break
    expect([queue.isClosed, queue.tryTake()]).toEqual([false, 2])
    const iterator = queue[Symbol.asyncIterator]()
    await iterator.next()
    const pending = iterator.next()
    await iterator.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    await queue.put(7)
    expect(queue.tryTake()).toBe(7)
  })

  it('Q12: a pipeline that ends takes no value with it', async () => {
    const queue = new BoundedQueue<number>({ capacity: 5 })
    const run = from(queue).to(toArray()).run()
    await settle(1)
    await run.stop()
    await queue.put(1)
    expect(queue.tryTake()).toBe(1)
  })
})

it('Q4: closed resolves when the queue is closed and empty, and rejects nobody who did not ask', async () => {
  const queue = new BoundedQueue<number>({ capacity: 1 })
  queue.tryPut(1)
  const closed = vi.fn()
  const waiting = queue.closed.then(closed)
  queue.close()
  await settle(1)
  expect(closed).not.toHaveBeenCalled()
  queue.tryTake()
  await waiting
  new BoundedQueue({ capacity: 1 }).fail(new Error('unheard'))
  const failed = new BoundedQueue({ capacity: 1 })
  failed.fail(new Error('heard'))
  await expect(failed.closed).rejects.toThrow('heard')
})

it('Q12: await using closes it', async () => {
  const queue = new BoundedQueue<number>({ capacity: 1 })
  await queue[Symbol.asyncDispose]()
  expect(queue.isClosed).toBe(true)
})

it('Q1: a priority queue drops the least urgent first', () => {
  const dropped: string[] = []
  const queue = new PriorityQueue<string>({ capacity: 3, levels: 3, priority: (job) => Number(job[1]), overflow: 'drop-oldest', onDrop: (job) => dropped.push(job) })
  for (const job of ['a2', 'b0', 'c1', 'd0']) queue.tryPut(job)
  expect([queue.tryTake(), queue.tryTake(), queue.tryTake(), dropped]).toEqual(['b0', 'd0', 'c1', ['a2']])
  expect(() => queue.tryPut('e9')).toThrow('priority must answer a whole number from 0 to 2, got 9')
})

it('Q1: a keyed queue gives each key its turn, and forgets keys that are empty', () => {
  const queue = new KeyedQueue<string, string>({ capacity: 10, perKey: 3, key: (request) => request[0] as string })
  for (const request of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.tryPut(request)
  expect([queue.tryPut('a4'), queue.keys]).toEqual([false, 3])
  expect(Array.from({ length: 6 }, () => queue.tryTake())).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  expect(queue.keys).toBe(0)
})

it('Q10: a key that is full gives up a value of its own, and keeps its turn', () => {
  const dropped: string[] = []
  const queue = new KeyedQueue<string, string>({
    capacity: 10, perKey: 1, key: (request) => request[0] as string, overflow: 'drop-oldest', onDrop: (request) => dropped.push(request),
  })
  for (const request of ['a1', 'b1', 'c1', 'a2', 'c2']) queue.tryPut(request)
  expect([dropped, queue.size, queue.keys]).toEqual([['a1', 'c1'], 3, 3])
  expect(Array.from({ length: 4 }, () => queue.tryTake())).toEqual(['a2', 'b1', 'c2', undefined])
  expect(queue.keys).toBe(0)
})

it.each<[() => unknown, string]>([
  [() => new PriorityQueue(undefined as never), 'PriorityQueue: compare (or levels with priority) must be a function, got undefined'],
  [() => new PriorityQueue({ capacity: 1, priority: () => 0 } as never), 'PriorityQueue: levels must be a whole number of at least 1, got undefined'],
  [() => new PriorityQueue({ capacity: 1, levels: 2, priority: () => 0, compare: () => 0 } as never), 'PriorityQueue: compare must be absent where there are levels, got a function'],
  [() => new PriorityQueue({ capacity: 1, compare: () => 0, maxWeight: 3 }), 'PriorityQueue: weigh (needed for maxWeight) must be a function, got undefined'],
  [() => new KeyedQueue(undefined as never), 'KeyedQueue: capacity must be a whole number of at least 0, got undefined'],
  [() => new KeyedQueue('x' as never), 'KeyedQueue: options must be an object, got "x"'],
  [() => new BoundedQueue([] as never), 'BoundedQueue: options must be an object, got an array'],
  [() => new Topic({ capacity: 1 }).subscribe(5 as never), 'Topic.subscribe: options must be an object, got 5'],
  [() => new Topic(undefined as never), 'Topic: capacity must be a whole number of at least 1, got undefined'],
  [() => new WorkerPool(() => 1, undefined as never), 'WorkerPool: concurrency must be a whole number of at least 1, got undefined'],
  [() => new Limit(undefined as never), 'Limit: concurrency must be given, or rate, or keyed, got undefined'],
  [() => new RingBuffer(-1), 'RingBuffer: capacity must be a whole number of at least 0, got -1'],
  [() => new Limit({ keyed: 5 as never }), 'Limit: keyed must be an object with concurrency, rate or both, got 5'],
  [() => new Limit({ keyed: {} }).setKeyed(null as never), 'Limit: keyed must be an object'],
  [() => retry(undefined as never), 'retry: times must be a whole number of at least 1, got undefined'],
  [() => forEach(() => {}, 4 as never), 'forEach: options must be an object, got 4'],
  [() => fromProducer(() => {}, 16 as never), 'fromProducer: options must be an object, got 16'],
])('Q13, Q59, Q71, Q92: %s is refused when it is made', (make, message) => {
  expect(make).toThrow(OptionError)
  expect(make).toThrow(message)
})

it.each([
  [{ capacity: 0.5 }, 'BoundedQueue: capacity must be a whole number of at least 0, got 0.5'],
  [{ capacity: -1 }, 'capacity'], [{ capacity: Number.NaN }, 'capacity'], [{ capacity: Infinity }, 'capacity'], [{}, 'got undefined'],
  [{ capacity: 1, overflow: 'block' }, `BoundedQueue: overflow must be one of 'wait', 'drop-oldest', 'drop-newest', 'latest', 'fail', got "block"`],
  [{ capacity: 1, maxWeight: 5 }, 'weigh (needed for maxWeight) must be a function'],
  [{ capacity: 4, high: 5 }, 'BoundedQueue: high must be a whole number from 1 to 4, got 5'],
  [{ capacity: 4, low: 9 }, 'low must be a whole number from 0 to 3, got 9'],
])('Q13: %j is refused when the queue is made', (options, message) => {
  expect(() => new BoundedQueue(options as never)).toThrow(OptionError)
  expect(() => new BoundedQueue(options as never)).toThrow(message)
})
