import { expect, test, vi } from 'vitest'
import { FakeClock } from '../../test/fake-clock'
import { TopicDues } from './dues'
import { Topic } from './topic'
import { collectGarbage } from '../../../../test/collect-garbage'


test('Q56: a subscriber that keeps up is looked at once per lag values, not at every publish', () => {
  const topic = new Topic<number>({ capacity: 100 })
  const subscriptions = Array.from({ length: 50 }, () => topic.subscribe())
  const file = vi.spyOn(TopicDues.prototype, 'file')
  const into: number[] = []
  for (let value = 0; value < 1_000; value++) {
    topic.tryPublish(value)
    for (const subscription of subscriptions) subscription.drainInto(into, 10)
  }
  expect(file.mock.calls.length).toBeLessThanOrEqual((50 * 1_000) / 100 + 50)
  file.mockRestore()
})

test('Q54: an idle topic holds no timer', async () => {
  const clock = new FakeClock()
  const topic = new Topic<number>({ capacity: 1, clock })
  const subscription = topic.subscribe({ policy: 'disconnect', disconnectAfterMs: 5 })
  topic.tryPublish(1)
  const second = topic.publish(2, { timeoutMs: 50 })
  expect(clock.pending).toBe(2)
  subscription.close()
  await second
  expect(clock.pending).toBe(0)
})

test('Q57: a hundred thousand publishers and takers that wait are served without a deep stack', async () => {
  const topic = new Topic<number>({ capacity: 1, maxWaiting: Infinity })
  const blocking = topic.subscribe()
  const taking = topic.subscribe()
  const count = 100_000
  topic.tryPublish(0)
  taking.tryTake()
  const takes = Array.from({ length: count }, () => taking.take())
  const publishes = Array.from({ length: count }, (_, i) => topic.publish(i + 1))
  blocking.close()
  await Promise.all(publishes)
  expect((await Promise.all(takes)).every((value, i) => value === i + 1)).toBe(true)
})

test.skipIf(collectGarbage === undefined)('Q55: values that were read, dropped or given up are not kept alive', async () => {
  const topic = new Topic<object>({ capacity: 8 })
  const dropping = topic.subscribe({ policy: 'drop-oldest', lag: 1 })
  const missing = topic.subscribe({ policy: 'drop-newest', lag: 1 })
  const leaving = topic.subscribe()
  const values = (() => {
    const made = Array.from({ length: 4 }, () => ({}))
    for (const value of made) topic.tryPublish(value)
    return made.map((value) => new WeakRef(value))
  })()
  leaving.close()
  dropping.tryTake()
  missing.tryTake()
  await new Promise((resolve) => setTimeout(resolve))
  collectGarbage?.()
  expect(values.map((value) => value.deref())).toEqual([undefined, undefined, undefined, undefined])
  expect(topic.size).toBe(0)
})
