import { describe, expect, it } from 'vitest'
import { BoundedQueue, deadLetter, forEach, from, KeyedQueue, PriorityQueue, QueueClosedError, QueueFullError, retry, toArray, Topic, toQueue, toTopic, type DeadLetter, type PublishableTopic } from '../index'
import { settle, trackedSource } from '../../../testing/src/index'

/** A topic that refuses odd numbers, at once or after a turn. */
const choosy = (late: boolean, fails: (n: number) => boolean = (n) => n % 2 === 1): PublishableTopic<number> & { readonly got: number[] } => {
  const got: number[] = []
  const take = (n: number): void => {
    if (fails(n)) throw new Error(`no ${n}`)
    got.push(n)
  }
  return {
    got,
    tryPublish(n) {
      if (late) return false
      take(n)
      return true
    },
    async publish(n) {
      await Promise.resolve()
      take(n)
    },
    close() {}, fail() {},
  }
}

describe.each([false, true])('onError of a sink that hands over, refused late: %s', (late) => {
  it('R30: a value that is refused is left out, the others are handed over, and every ticket is settled', async () => {
    const { source, statuses } = trackedSource([1, 2, 3, 4])
    const topic = choosy(late)
    const run = source.to(toTopic(topic, { onError: 'skip' })).run()
    expect(await run).toBe(2)
    expect(topic.got).toEqual([2, 4])
    expect(statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
    expect(run.stats().totals).toMatchObject({ read: 4, delivered: 2, skipped: 2 })
  })

  it('R30: it is written to a dead letter, in its place', async () => {
    const letters: DeadLetter[] = []
    const run = from([1, 2, 3]).to(toTopic(choosy(late), { name: 'prices', onError: deadLetter(forEach((letter: DeadLetter) => { letters.push(letter) })) })).run()
    expect(await run).toBe(1)
    expect(letters.map(({ item, stage }) => [item, stage])).toEqual([[1, 'prices'], [3, 'prices']])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 1, deadLettered: 2 })
  })

  it('R30: it is tried again, before the values behind it', async () => {
    let tries = 0
    const topic = choosy(late, (n) => n === 2 && ++tries < 3)
    expect(await from([1, 2, 3]).to(toTopic(topic, { onError: retry({ times: 5, delayMs: 0 }) })).run()).toBe(3)
    expect(topic.got).toEqual([1, 2, 3])
    expect(tries).toBe(3)
  })

  it('R30: without it the run fails with the original error, and so it does where the tries are used up', async () => {
    const run = from([2, 1]).to(toTopic(choosy(late))).run()
    await expect(run).rejects.toThrow('no 1')
    const tried = from([2, 1]).to(toTopic(choosy(late), { onError: retry({ times: 2, delayMs: 0 }) })).run()
    await expect(tried).rejects.toThrow('no 1')
    expect(tried.failure).toMatchObject({ stage: 'toTopic', item: 1, attempt: 3 })
    expect(tried.stats().totals).toMatchObject({ read: 2, delivered: 1, failed: 1 })
  })
})

it('R30: values that a full queue refuses, or whose key or priority throws, go where onError says', async () => {
  const full = new BoundedQueue<number>({ capacity: 2, overflow: 'fail' })
  const refused: unknown[] = []
  expect(await from([1, 2, 3, 4]).to(toQueue(full, { onError: (error, item) => { refused.push([item, error instanceof QueueFullError]); return 'skip' } })).run()).toBe(2)
  expect(refused).toEqual([[3, true], [4, true]])
  expect(await from(full).to(toArray()).run()).toEqual([1, 2])
  const key = (n: number): number => { if (n === 2) throw new Error('no key'); return n }
  expect(await from([1, 2, 3]).to(toQueue(new KeyedQueue<number, number>({ capacity: 9, key }), { onError: 'skip' })).run()).toBe(2)
  expect(await from([1, 2, 3]).to(toQueue(new PriorityQueue<number>({ capacity: 9, priority: key, levels: 4 }), { onError: 'skip' })).run()).toBe(2)
})

it('R30: a queue or topic that is closed fails the run, whatever onError says: no value is at fault', async () => {
  const queue = new BoundedQueue<number>({ capacity: 1 })
  queue.close()
  await expect(from([1, 2]).to(toQueue(queue, { onError: 'skip' })).run()).rejects.toThrow(QueueClosedError)
  const topic = new Topic<number>({ capacity: 1 })
  topic.close()
  await expect(from([1, 2]).to(toTopic(topic, { onError: 'skip' })).run()).rejects.toMatchObject({ code: 'SLUICE_QUEUE_CLOSED' })
})

it('R30: an abort gives up a value that waits, and closes nothing twice', async () => {
  const queue = new BoundedQueue<number>({ capacity: 1 })
  const { source, statuses } = trackedSource([1, 2, 3])
  const run = source.to(toQueue(queue, { onError: 'skip' })).run()
  while (queue.size === 0) await settle(1)
  await run.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  expect(run.failure).toBeUndefined()
  expect(statuses.filter((status) => status === 'ack')).toHaveLength(1)
  await expect(from(queue).to(toArray()).run()).rejects.toThrow('enough')
})
