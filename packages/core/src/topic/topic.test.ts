import { describe, expect, test } from 'vitest'
import { settle } from '@sluice/testing'
import { OptionError, QueueClosedError, QueueFullError, TimeoutError } from '../errors'
import { FakeClock, settled } from '../../test/fake-clock'
import { SlowSubscriberError } from './slow-subscriber-error'
import type { Subscription } from './subscription'
import { Topic } from './topic'

function drain<T>(subscription: Subscription<T>): T[] {
  const values: T[] = []
  subscription.drainInto(values, 1_000)
  return values
}

function publishAll(topic: Topic<number>, ...values: number[]): void {
  for (const value of values) expect(topic.tryPublish(value)).toBe(true)
}

describe('order and backpressure', () => {
  test('Q40: every subscriber gets every value, in the one order', async () => {
    const topic = new Topic<number>({ capacity: 4 })
    const fast = topic.subscribe()
    const slow = topic.subscribe()
    const read = async (subscription: Subscription<number>, pause: boolean): Promise<number[]> => {
      const values: number[] = []
      for await (const value of subscription) {
        values.push(value)
        if (pause && value % 10 === 0) await new Promise((resolve) => setTimeout(resolve))
      }
      return values
    }
    const both = Promise.all([read(fast, false), read(slow, true)])
    const wanted = Array.from({ length: 100 }, (_, i) => i)
    await Promise.all(wanted.map((value) => topic.publish(value)))
    topic.close()
    expect(await both).toEqual([wanted, wanted])
  })

  test('Q40: undefined, null, NaN, 0 and the empty string are values', async () => {
    const values = [undefined, null, NaN, 0, '', false]
    const topic = new Topic<unknown>({ capacity: 10 })
    const subscription = topic.subscribe()
    for (const value of values) await topic.publish(value)
    topic.close()
    const got: unknown[] = []
    for await (const value of subscription) got.push(value)
    expect(got).toEqual(values)
  })

  test('Q41: a full ring holds the publisher until the subscriber behind has read one, or has left', async () => {
    const topic = new Topic<number>({ capacity: 2 })
    const ahead = topic.subscribe()
    const behind = topic.subscribe()
    publishAll(topic, 1, 2)
    expect(drain(ahead)).toEqual([1, 2])
    let accepted = 0
    for (const value of [3, 4]) void topic.publish(value).then(() => accepted++)
    await settled()
    expect({ accepted, waiting: topic.waiting }).toEqual({ accepted: 0, waiting: 2 })
    expect(behind.tryTake()).toBe(1)
    await settled()
    expect({ accepted, size: topic.size }).toEqual({ accepted: 1, size: 2 })
    behind.close()
    await settled()
    expect({ accepted, read: drain(ahead) }).toEqual({ accepted: 2, read: [3, 4] })
  })

  test('Q41: a bound of its own holds the publisher earlier', () => {
    const topic = new Topic<number>({ capacity: 7 })
    const subscription = topic.subscribe({ lag: 1 })
    expect([topic.tryPublish(1), topic.tryPublish(2)]).toEqual([true, false])
    expect(drain(subscription)).toEqual([1])
  })

  test('Q42: publishers enter in the order they came, and nobody overtakes them', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const subscription = topic.subscribe()
    publishAll(topic, 1)
    const leaver = new AbortController()
    const left = topic.publish(2, { signal: leaver.signal })
    void topic.publish(3)
    leaver.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    expect(topic.tryPublish(4)).toBe(false)
    expect([await subscription.take(), await subscription.take()]).toEqual([1, 3])
  })

  test('Q42: one more publisher than may wait is refused', async () => {
    const topic = new Topic<number>({ capacity: 1, maxWaiting: 1 })
    topic.subscribe()
    publishAll(topic, 1)
    void topic.publish(2)
    await expect(topic.publish(3)).rejects.toThrow(QueueFullError)
  })

  test('Q43: nobody gets a value whose publish was rejected', async () => {
    const clock = new FakeClock()
    const topic = new Topic<number>({ capacity: 1, clock })
    const subscription = topic.subscribe()
    publishAll(topic, 1)
    const late = topic.publish(2, { timeoutMs: 5 })
    const aborted = topic.publish(3, { signal: AbortSignal.abort(new Error('before')) })
    const closed = topic.publish(4)
    clock.advance(5)
    topic.close()
    await expect(late).rejects.toThrow(TimeoutError)
    await expect(aborted).rejects.toThrow('before')
    await expect(closed).rejects.toThrow(QueueClosedError)
    await expect(topic.publish(5)).rejects.toThrow(QueueClosedError)
    expect({ read: drain(subscription), more: topic.tryPublish(6) }).toEqual({ read: [1], more: false })
  })
})

describe('subscribers that are too slow', () => {
  test('Q44: drop-oldest keeps the newest, drop-newest keeps the oldest, and neither holds anybody', () => {
    const topic = new Topic<number>({ capacity: 5 })
    const lost: Record<string, number[]> = { oldest: [], newest: [] }
    const oldest = topic.subscribe({ policy: 'drop-oldest', lag: 2, onDrop: (value) => lost['oldest']?.push(value) })
    const newest = topic.subscribe({ policy: 'drop-newest', lag: 2, onDrop: (value) => lost['newest']?.push(value) })
    publishAll(topic, 1, 2, 3, 4)
    expect(newest.tryTake()).toBe(1)
    publishAll(topic, 5)
    expect([drain(oldest), drain(newest)]).toEqual([[4, 5], [2, 5]])
    expect(lost).toEqual({ oldest: [1, 2, 3], newest: [3, 4] })
    publishAll(topic, 6)
    expect([oldest.dropped, newest.dropped, drain(oldest), drain(newest)]).toEqual([3, 2, [6], [6]])
  })

  test('Q44: nobody loses a value to a publish that is not accepted', () => {
    const topic = new Topic<number>({ capacity: 1 })
    const dropping = topic.subscribe({ policy: 'drop-oldest' })
    topic.subscribe()
    publishAll(topic, 1)
    expect(topic.tryPublish(2)).toBe(false)
    expect({ dropped: dropping.dropped, read: drain(dropping) }).toEqual({ dropped: 0, read: [1] })
  })

  test('Q45: disconnect ends that subscription with an error that names it, and nobody else', async () => {
    const topic = new Topic<number>({ capacity: 2, name: 'prices' })
    const lost: number[] = []
    const slow = topic.subscribe({ policy: 'disconnect', name: 'chart', onDrop: (value) => lost.push(value) })
    const other = topic.subscribe({ policy: 'drop-oldest' })
    publishAll(topic, 1, 2, 3)
    const error = await slow.take().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SlowSubscriberError)
    expect((error as Error).message).toBe('chart was disconnected from prices: 2 values behind')
    await expect(slow.closed).rejects.toBe(error)
    expect({ lost, dropped: slow.dropped, size: slow.size, isClosed: slow.isClosed }).toEqual({
      lost: [1, 2],
      dropped: 2,
      size: 0,
      isClosed: true,
    })
    expect({ read: drain(other), subscribers: topic.subscribers }).toEqual({ read: [2, 3], subscribers: 1 })
  })

  test('Q45: with a grace period it holds the publisher that long, and reading saves it', async () => {
    const clock = new FakeClock()
    const topic = new Topic<number>({ capacity: 1, clock })
    const slow = topic.subscribe({ policy: 'disconnect', disconnectAfterMs: 10 })
    publishAll(topic, 1)
    clock.advance(100)
    expect(clock.pending).toBe(0)
    const second = topic.publish(2)
    clock.advance(9)
    expect(slow.tryTake()).toBe(1)
    await second
    expect(clock.pending).toBe(0)
    const third = topic.publish(3)
    const fourth = topic.publish(4)
    clock.advance(10)
    await Promise.all([third, fourth])
    expect({ isClosed: slow.isClosed, pending: clock.pending }).toEqual({ isClosed: true, pending: 0 })
  })

  test('Q45: whoever holds a publisher that waits already has its grace period as well', async () => {
    const clock = new FakeClock()
    const topic = new Topic<number>({ capacity: 2, replay: 2, clock })
    const first = topic.subscribe({ policy: 'disconnect', disconnectAfterMs: 10 })
    publishAll(topic, 1, 2)
    const third = topic.publish(3)
    topic.subscribe({ policy: 'disconnect', disconnectAfterMs: 20 })
    clock.advance(10)
    expect(first.isClosed).toBe(true)
    clock.advance(10)
    await third
    expect(topic.subscribers).toBe(0)
  })

  test('Q45: the grace period starts anew for each value that is held', async () => {
    const clock = new FakeClock()
    const topic = new Topic<number>({ capacity: 1, clock })
    const slow = topic.subscribe({ policy: 'disconnect', disconnectAfterMs: 10 })
    publishAll(topic, 1)
    void topic.publish(2)
    const third = topic.publish(3)
    clock.advance(9)
    expect(slow.tryTake()).toBe(1)
    clock.advance(9)
    expect(slow.isClosed).toBe(false)
    clock.advance(1)
    await third
    expect(slow.isClosed).toBe(true)
  })
})

describe('late subscribers and the end', () => {
  test('Q46: a late subscriber starts with the last values, as many as it wants and the topic keeps', () => {
    const topic = new Topic<number>({ capacity: 5, replay: 3 })
    publishAll(topic, 1, 2, 3, 4)
    const all = topic.subscribe()
    const one = topic.subscribe({ replay: 1 })
    const none = topic.subscribe({ replay: 0 })
    const narrow = topic.subscribe({ lag: 2, policy: 'drop-oldest' })
    publishAll(topic, 5)
    expect([all, one, none, narrow].map(drain)).toEqual([[2, 3, 4, 5], [4, 5], [5], [4, 5]])
  })

  test('Q46: what is kept for latecomers holds nobody', () => {
    const topic = new Topic<number>({ capacity: 2, replay: 2 })
    const subscription = topic.subscribe()
    for (let value = 0; value < 10; value++) {
      publishAll(topic, value)
      expect(drain(subscription)).toEqual([value])
    }
    expect(topic.size).toBe(2)
  })

  test('Q47: a late subscriber gets the last values and then learns how it ended', async () => {
    const failed = new Topic<number>({ capacity: 2, replay: 1 })
    publishAll(failed, 1)
    failed.fail(new Error('broken'))
    failed.close()
    const late = failed.subscribe()
    expect(await late.take()).toBe(1)
    await expect(late.take()).rejects.toThrow('broken')
    await expect(failed.publish(2)).rejects.toThrow('broken')
    const closed = new Topic<number>({ capacity: 2 })
    closed.close()
    const none = closed.subscribe()
    expect(none.isClosed).toBe(true)
    await none.closed
    await expect(none.take()).rejects.toThrow(QueueClosedError)
  })

  test('Q48: values first, then the end or the failure; whoever waits learns at once', async () => {
    const topic = new Topic<number>({ capacity: 4 })
    const behind = topic.subscribe()
    const waiting = topic.subscribe()
    publishAll(topic, 1, 2)
    drain(waiting)
    const takes = [waiting.take(), waiting.take()]
    topic.fail(new Error('broken'))
    for (const take of takes) await expect(take).rejects.toThrow('broken')
    expect([behind.isClosed, behind.tryTake(), behind.tryTake()]).toEqual([false, 1, 2])
    expect(() => behind.tryTake()).toThrow('broken')
    expect(() => behind.drainInto([], 1)).toThrow('broken')
    expect(behind.isClosed).toBe(true)
  })

  test('Q49: without subscribers values are dropped, or the publisher waits for the first one', async () => {
    const dropping = new Topic<number>({ capacity: 1 })
    publishAll(dropping, 1, 2, 3)
    expect({ size: dropping.size, published: dropping.published }).toEqual({ size: 0, published: 3 })
    const waiting = new Topic<number>({ capacity: 1, onNoSubscribers: 'wait' })
    expect(waiting.tryPublish(1)).toBe(false)
    const accepted = waiting.publish(1)
    const subscription = waiting.subscribe()
    await accepted
    expect(drain(subscription)).toEqual([1])
  })

  test('Q58: closed settles once; nobody is told of a rejection nobody listens to', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const failing = topic.subscribe()
    const leaving = topic.subscribe()
    const closed = failing.closed
    expect(failing.closed).toBe(closed)
    leaving.close()
    await leaving.closed
    topic.fail(new Error('broken'))
    await settle(1)
    await expect(closed).rejects.toThrow('broken')
  })
})

describe('options', () => {
  test.each([
    { capacity: 0 },
    { capacity: 1.5 },
    { capacity: NaN },
    { capacity: 1, replay: 2 },
    { capacity: 1, replay: -1 },
    { capacity: 1, onNoSubscribers: 'panic' as 'wait' },
    { capacity: 1, maxWaiting: -1 },
  ])('Q59: a topic with %j cannot be made', (options) => {
    expect(() => new Topic(options)).toThrow(OptionError)
  })

  test.each([
    { policy: 'drop' as 'wait' },
    { lag: 3 },
    { lag: 0 },
    { replay: 1 },
    { disconnectAfterMs: 5 },
    { policy: 'disconnect' as const, disconnectAfterMs: -1 },
    { filter: true as unknown as () => boolean },
    { onDrop: 'log' as unknown as () => void },
  ])('Q59: nobody can subscribe with %j', (options) => {
    const topic = new Topic<number>({ capacity: 2 })
    expect(() => topic.subscribe(options)).toThrow(OptionError)
    expect(topic.subscribers).toBe(0)
  })

  test('Q59: a call with a bad timeout rejects and changes nothing', async () => {
    const topic = new Topic<number>({ capacity: 2 })
    const subscription = topic.subscribe()
    await expect(topic.publish(1, { timeoutMs: -1 })).rejects.toThrow(OptionError)
    await expect(subscription.take({ timeoutMs: NaN })).rejects.toThrow(OptionError)
    expect(() => subscription.drainInto([], 0)).toThrow(OptionError)
    expect(topic.published).toBe(0)
  })
})
