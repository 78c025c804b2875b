import { describe, expect, it } from 'vitest'
import { drain, forEach, from, OptionError, QueueClosedError, range, toArray, Topic } from '@sluice/core'
import { manualSource, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { map } from '../transform/map'
import { publish } from './publish'

const same = (values: readonly unknown[]): unknown[] => [...values]
const open = { preventClose: true, preventAbort: true }
/** A topic with a subscriber that takes its time. */
function listenedTo(capacity: number): Topic<unknown> {
  const topic = new Topic<unknown>({ capacity })
  void from(topic.subscribe()).to(forEach(async () => Promise.resolve())).run().then(() => {}, () => {})
  return topic
}

underLaw('publish', {
  'a topic without subscribers': { make: () => publish(new Topic<unknown>({ capacity: 1 }), open), reference: same },
  'a topic with a slow subscriber': { make: () => publish(listenedTo(1), open), reference: same },
  'a topic with a subscriber of room 3': { make: () => publish(listenedTo(3), open), reference: same },
})

describe('publish', () => {
  it('subscribers get every value, in order, then the end', async () => {
    const topic = new Topic<number>({ capacity: 2 })
    const heard = [topic.subscribe(), topic.subscribe()].map((subscription) => from(subscription).to(toArray()).run())
    expect(await range(0, 9).pipe(publish(topic)).to(toArray()).run()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(await Promise.all(heard)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8]])
  })

  it('a subscriber that waits holds it back: a value goes on when it was accepted', async () => {
    const topic = new Topic<number>({ capacity: 2 })
    const subscription = topic.subscribe()
    const out: number[] = []
    const run = range(0).pipe(publish(topic)).to(forEach((n) => { out.push(n) })).run()
    await settle()
    expect(out).toEqual([0, 1])
    expect(await subscription.take()).toBe(0)
    await settle()
    expect(out).toEqual([0, 1, 2])
    await run.abort()
    expect(topic.waiting).toBe(0)
  })

  it('when downstream wants no more the topic is closed, and a waiting value given up', async () => {
    const topic = new Topic<number>({ capacity: 1 })
    const subscription = topic.subscribe()
    const run = range(5).pipe(publish(topic), take(1)).to(toArray()).run()
    expect(await run).toEqual([5])
    expect([topic.isClosed, topic.waiting, await subscription.take()]).toEqual([true, 0, 5])
    await expect(subscription.take()).rejects.toThrow(QueueClosedError)
  })

  it('a failure before it, after it, and an abort fail the topic with the same error', async () => {
    const boom = new Error('boom')
    const failing = map((n: number) => { if (n === 1) throw boom; return n })
    for (const run of [
      (topic: Topic<number>) => range(0, 3).pipe(failing, publish(topic)).to(drain()).run(),
      (topic: Topic<number>) => range(0, 3).pipe(publish(topic), failing).to(drain()).run(),
      (topic: Topic<number>) => {
        const aborted = manualSource<number>().source.pipe(publish(topic)).to(drain()).run()
        void aborted.abort(boom)
        return aborted
      },
    ]) {
      const topic = new Topic<number>({ capacity: 8 })
      const subscription = topic.subscribe()
      await expect(run(topic)).rejects.toBe(boom)
      await expect(from(subscription).to(drain()).run()).rejects.toBe(boom)
    }
  })

  it('a topic can be left as it is', async () => {
    const topic = new Topic<number>({ capacity: 8 })
    await range(0, 3).pipe(publish(topic, { preventClose: true })).to(drain()).run()
    await range(0, 3).pipe(publish(topic, { preventAbort: true }), map(() => { throw new Error('no') })).to(drain()).run().then(() => {}, () => {})
    expect(topic.isClosed).toBe(false)
  })

  it('a topic that has ended fails the run', async () => {
    const topic = new Topic<number>({ capacity: 8 })
    topic.close()
    const run = range(7).pipe(publish(topic)).to(drain()).run()
    await expect(run).rejects.toThrow(QueueClosedError)
    expect(run.failure).toMatchObject({ stage: 'publish', item: 7 })
  })

  it('T2: what was read and not accepted is given back', async () => {
    const tracked = trackedSource([1, 2, 3, 4])
    const topic = new Topic<number>({ capacity: 2 })
    topic.subscribe()
    const run = tracked.source.pipe(publish(topic)).to(drain()).run()
    await settle()
    await run.abort()
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    expect(tracked.statuses).toEqual(['ack', 'ack', ...Array.from({ length: tracked.issued - 2 }, () => 'nack')])
  })

  it('O13: what is no topic is refused', () => {
    expect(() => publish(undefined as never)).toThrow(OptionError)
    expect(() => publish({ publish() {} } as never)).toThrow('publish: topic.tryPublish must be a function, got undefined')
  })
})
