import { expect, it } from 'vitest'
import { BoundedQueue, fromProducer, Limit, toArray, Topic, WorkerPool } from '..'
import { listenerCount } from '../../../../test/listener-count'
import { onAbort } from './on-abort'

it('Q8, Q54, Q68, Q90: hundreds that wait on one signal are one listener, which goes with the last of them', async () => {
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const queue = new BoundedQueue<number>({ capacity: 1 })
  const limit = new Limit({ concurrency: 1 })
  const topic = new Topic<number>({ capacity: 1 })
  const pool = new WorkerPool(async (value: number) => value, { concurrency: 1, capacity: 100 })
  const subscription = topic.subscribe()
  const permits = Array.from({ length: 100 }, () => limit.acquire(options))
  const work = [
    ...Array.from({ length: 100 }, (_, i) => queue.put(i, options)),
    ...Array.from({ length: 100 }, (_, i) => topic.publish(i, options)),
    ...Array.from({ length: 100 }, (_, i) => pool.run(i, options)),
  ]
  expect(listenerCount(controller.signal, 'abort')).toBe(1)
  for (let i = 0; i < 100; i++) {
    await queue.take()
    await subscription.take()
    const permit = await permits[i]
    permit!.release()
  }
  await Promise.all(work)
  expect(listenerCount(controller.signal, 'abort')).toBe(0)
})

it('Q8: all are told, in the order they came, but for those who have left', () => {
  const controller = new AbortController()
  const told: string[] = []
  const leave = ['a', 'b', 'c', 'd'].map((name) => onAbort(controller.signal, () => {
    told.push(name)
    if (name === 'a') leave[2]!()
  }))
  leave[1]!()
  controller.abort()
  for (const each of leave) each()
  expect([told, listenerCount(controller.signal, 'abort')]).toEqual([['a', 'd'], 0])
})

it('Q8: what is no signal is refused before anybody waits', async () => {
  const options = { signal: 5 as never }
  const queue = new BoundedQueue<number>({ capacity: 1 })
  await queue.put(1)
  await expect(queue.put(2, options)).rejects.toThrow('BoundedQueue: signal must be an AbortSignal, got 5')
  const limit = new Limit({ concurrency: 1 })
  await limit.acquire()
  await expect(limit.acquire(options)).rejects.toThrow('Limit: signal must be an AbortSignal, got 5')
  expect([queue.waitingPuts, limit.waiting]).toEqual([0, 0])
})

it('R24: a producer may push as much at once as it likes, under one listener', async () => {
  let signal!: AbortSignal
  let listeners = 0
  const source = fromProducer<number>(async (emitter) => {
    signal = emitter.signal
    const pushes = Array.from({ length: 40 }, (_, i) => emitter.push(i))
    listeners = listenerCount(signal, 'abort')
    await Promise.all(pushes)
  })
  expect(await source.to(toArray()).run()).toHaveLength(40)
  expect([listeners, listenerCount(signal, 'abort')]).toEqual([1, 0])
})
