import { describe, expect, test } from 'vitest'
import { DONE, PENDING } from '../contract/answers'
import { COMPLETED } from '../contract/outcome'
import type { Scope } from '../contract/scope'
import { ProtocolError, QueueClosedError, TimeoutError } from '../errors'
import { FakeClock, settled } from '../../test/fake-clock'
import { Topic } from './topic'
import { listenerCount } from '../../../../test/listener-count'

const scope = {} as Scope

describe('filters and callbacks', () => {
  test('Q50: a filter sees each value once, and what it refuses holds nobody', async () => {
    const topic = new Topic<number>({ capacity: 2 })
    const asked: number[] = []
    const filter = (value: number): boolean => (asked.push(value), value % 5 === 0)
    const subscription = topic.subscribe({ filter })
    for (let value = 1; value <= 5; value++) expect(topic.tryPublish(value)).toBe(true)
    expect(subscription.tryTake()).toBe(5)
    const next = subscription.take()
    for (let value = 6; value <= 10; value++) expect(topic.tryPublish(value)).toBe(true)
    expect(await next).toBe(10)
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('Q50: a subscriber whose rest is refused has ended when the topic has', () => {
    const topic = new Topic<number>({ capacity: 5 })
    const subscription = topic.subscribe({ filter: (value) => value < 3 })
    for (let value = 1; value <= 5; value++) topic.tryPublish(value)
    topic.close()
    expect([subscription.tryTake(), subscription.isClosed, subscription.tryTake()]).toEqual([1, false, 2])
    expect(subscription.isClosed).toBe(true)
  })

  test('Q50: a refused value is no loss', () => {
    const topic = new Topic<number>({ capacity: 1 })
    const lost: number[] = []
    const onDrop = (value: number): unknown => lost.push(value)
    const options = { policy: 'drop-newest', filter: (value: number) => value % 2 === 1, onDrop } as const
    const subscription = topic.subscribe(options)
    for (let value = 1; value <= 5; value++) topic.tryPublish(value)
    expect({ lost, dropped: subscription.dropped }).toEqual({ lost: [3, 5], dropped: 2 })
  })

  test('Q51: a throwing filter ends its subscription, after the values before; publisher and others go on', async () => {
    const topic = new Topic<number>({ capacity: 3 })
    const filter = (value: number): boolean => {
      if (value === 2) throw new Error('filter')
      return true
    }
    const failing = topic.subscribe({ filter })
    const other = topic.subscribe()
    for (let value = 1; value <= 3; value++) expect(topic.tryPublish(value)).toBe(true)
    const into: number[] = []
    expect([failing.drainInto(into, 5), into]).toEqual([1, [1]])
    await expect(failing.take()).rejects.toThrow('filter')
    expect([topic.subscribers, other.size, topic.size]).toEqual([1, 3, 3])
  })

  test('Q51: a throwing onDrop ends its subscription; the publish is accepted', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const onDrop = (): never => {
      throw new Error('onDrop')
    }
    const failing = topic.subscribe({ policy: 'drop-oldest', onDrop })
    const cut = topic.subscribe({ policy: 'disconnect', onDrop })
    topic.tryPublish(1)
    expect(topic.tryPublish(2)).toBe(true)
    await expect(failing.take()).rejects.toThrow('onDrop')
    const error = await cut.take().catch((reason: unknown) => reason as Error)
    expect([(error as Error).name, ((error as Error).cause as Error).message]).toEqual(['SlowSubscriberError', 'onDrop'])
  })

  test('Q57: callbacks may come back in: publish, take, subscribe and close from a filter and from onDrop', () => {
    const topic = new Topic<number>({ capacity: 2, replay: 1 })
    const again: number[] = []
    const dropping = topic.subscribe({
      policy: 'drop-oldest',
      lag: 1,
      onDrop: (value) => {
        if (value < 3) topic.tryPublish(value + 10)
        topic.subscribe().close()
      },
    })
    const filtering = topic.subscribe({
      policy: 'drop-oldest',
      lag: 1,
      filter: (value) => {
        const other = dropping.tryTake()
        if (other !== undefined) again.push(other)
        if (value === 12) filtering.close()
        return true
      },
    })
    for (let value = 1; value <= 3; value++) expect(topic.tryPublish(value)).toBe(true)
    expect(topic.published).toBeGreaterThanOrEqual(3)
    dropping.close()
    filtering.close()
    expect([topic.subscribers, topic.size]).toEqual([0, 1])
  })
})

describe('leaving', () => {
  test('Q52: a break closes the subscription, and takes that wait learn that it is over', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const subscription = topic.subscribe()
    topic.tryPublish(1)
    const second = topic.publish(2)
    for await (const value of subscription) {
      expect(value).toBe(1)
      break
    }
    await second
    expect([subscription.isClosed, topic.subscribers, topic.size]).toEqual([true, 0, 0])
    const other = topic.subscribe()
    const take = other.take()
    const iterator = other[Symbol.asyncIterator]()
    const next = iterator.next()
    await iterator.return?.()
    await expect(take).rejects.toThrow(QueueClosedError)
    expect(await next).toEqual({ done: true, value: undefined })
  })

  test('Q52: await using closes it', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    await topic.subscribe()[Symbol.asyncDispose]()
    expect(topic.subscribers).toBe(0)
  })

  test('Q52: overlapping calls of next answer in order, and a failure is thrown once', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const iterator = topic.subscribe()[Symbol.asyncIterator]()
    const answers = [1, 2, 3].map(() => iterator.next().catch((error: unknown) => (error as Error).message))
    topic.tryPublish(1)
    topic.fail(new Error('broken'))
    const end = { done: true, value: undefined }
    expect(await Promise.all(answers)).toEqual([{ done: false, value: 1 }, 'broken', end])
    expect(await iterator.next()).toEqual(end)
  })

  test('Q54: whoever gives up takes no value along and leaves neither listener nor timer', async () => {
    const clock = new FakeClock()
    const topic = new Topic<number>({ capacity: 1, clock })
    const subscription = topic.subscribe()
    const controller = new AbortController()
    const { signal } = controller
    const waiting = (): number => listenerCount(signal, 'abort')
    const served = subscription.take({ signal, timeoutMs: 5 })
    topic.tryPublish(1)
    expect([await served, waiting(), clock.pending]).toEqual([1, 0, 0])
    const late = subscription.take({ signal, timeoutMs: 5 })
    clock.advance(5)
    await expect(late).rejects.toThrow(TimeoutError)
    expect([waiting(), clock.pending]).toEqual([0, 0])
    const aborted = subscription.take({ signal, timeoutMs: 5 })
    const before = waiting()
    controller.abort(new Error('left'))
    await expect(aborted).rejects.toThrow('left')
    expect([before, waiting(), clock.pending]).toEqual([1, 0, 0])
    topic.tryPublish(2)
    expect(await subscription.take()).toBe(2)
    const ended = subscription.take({ signal: new AbortController().signal, timeoutMs: 5 })
    topic.close()
    await expect(ended).rejects.toThrow(QueueClosedError)
    expect(clock.pending).toBe(0)
  })
})

describe('as the source of a pipeline', () => {
  test('Q53: PENDING is followed by a wake, and DONE comes after the last value', () => {
    const topic = new Topic<number>({ capacity: 4 })
    let wakes = 0
    const outlet = topic.subscribe().open(scope, () => wakes++)
    const into: number[] = []
    expect([outlet.pull(into, 2), wakes]).toEqual([PENDING, 0])
    for (let value = 1; value <= 3; value++) topic.tryPublish(value)
    expect([wakes, outlet.pull(into, 2), into.slice(0, 2)]).toEqual([1, 2, [1, 2]])
    expect([outlet.pull(into, 2), into[0], outlet.pull(into, 2)]).toEqual([1, 3, PENDING])
    topic.close()
    expect([wakes, outlet.pull(into, 2)]).toEqual([2, DONE])
  })

  test('Q53: no wake for a value that the filter refuses', () => {
    const topic = new Topic<number>({ capacity: 1 })
    let wakes = 0
    const outlet = topic.subscribe({ filter: (value) => value > 2 }).open(scope, () => wakes++)
    expect(outlet.pull([], 1)).toBe(PENDING)
    for (let value = 1; value <= 2; value++) topic.tryPublish(value)
    expect(wakes).toBe(0)
    topic.tryPublish(3)
    expect(wakes).toBe(1)
  })

  test('Q53: the failure is thrown after the remaining values', () => {
    const topic = new Topic<number>({ capacity: 4 })
    const outlet = topic.subscribe().open(scope, () => undefined)
    topic.tryPublish(1)
    topic.fail(new Error('broken'))
    const into: number[] = []
    expect([outlet.pull(into, 5), into]).toEqual([1, [1]])
    expect(() => outlet.pull(into, 5)).toThrow('broken')
  })

  test('Q53: a pull with a filter wakes up again after a batch of which nothing was wanted', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    let wakes = 0
    const outlet = topic.subscribe({ filter: (value) => value >= 4 }).open(scope, () => wakes++)
    const all = Promise.all([1, 2, 3, 4].map((value) => topic.publish(value)))
    const into: number[] = []
    let count = outlet.pull(into, 2)
    if (count === PENDING) {
      await settled()
      expect(wakes).toBe(1)
      count = outlet.pull(into, 2)
    }
    expect([count, into[0]]).toEqual([1, 4])
    await all
  })

  test('Q53: closing the outlet closes the subscription; a second open is a bug', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const subscription = topic.subscribe()
    const outlet = subscription.open(scope, () => undefined)
    expect(() => subscription.open(scope, () => undefined)).toThrow(ProtocolError)
    void outlet.close(COMPLETED)
    void outlet.close(COMPLETED)
    await subscription.closed
    expect([topic.subscribers, outlet.pull([], 1)]).toEqual([0, DONE])
  })
})
