import { describe, expect, it } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import { collectGarbage } from '../../../../test/collect-garbage'
import { BoundedQueue, from, toArray } from '../index'

describe('Q8: who waits behind one that gives up moves up', () => {
  it('a take behind one that wanted several gets the value that is there', async () => {
    const queue = new BoundedQueue<number>({ capacity: 3 })
    const controller = new AbortController()
    const several = queue.takeUpTo(3, { min: 3, signal: controller.signal }).catch(() => 'gave up')
    const one = queue.take()
    queue.tryPut(1)
    controller.abort()
    expect([await one, await several, queue.waitingTakes]).toEqual([1, 'gave up', 0])
  })

  it('so does a pipeline, and a take that waits for a time', async () => {
    const clock = new VirtualClock()
    const queue = new BoundedQueue<number>({ capacity: 3, clock })
    const several = queue.takeUpTo(3, { min: 3, timeoutMs: 10 }).catch(() => 'gave up')
    const run = from(queue).to(toArray()).run()
    queue.tryPut(1)
    await settle(5)
    await clock.advance(10)
    expect([await several, queue.size]).toEqual(['gave up', 0])
    queue.close()
    expect(await run).toEqual([1])
  })

  it('a light value enters when the heavy one before it gives up', async () => {
    const queue = new BoundedQueue<number>({ capacity: 3, weigh: (value) => value, maxWeight: 5 })
    queue.tryPut(3)
    const controller = new AbortController()
    const heavy = queue.put(4, { signal: controller.signal }).catch(() => 'gave up')
    const light = queue.put(1)
    controller.abort()
    await light
    expect([await heavy, queue.size, queue.weight, queue.waitingPuts]).toEqual(['gave up', 2, 4, 0])
  })
})

it('Q16: nobody takes of what one that waits for several is given, in a queue of any kind', async () => {
  const high = 3
  for (const options of [{}, { onHigh: () => {}, high }, { weigh: () => 1, maxWeight: 9 }]) {
    const queue = new BoundedQueue<number>({ capacity: 5, ...options })
    const several = queue.takeUpTo(3, { min: 3 })
    const one = queue.take()
    for (const value of [1, 2, 3, 4]) queue.tryPut(value)
    expect([await several, await one]).toEqual([[1, 2, 3], 4])
  }
})

it('Q11: takers get what is inside when a watermark fails the queue, and then its error', async () => {
  const queue = new BoundedQueue<number>({ capacity: 3, high: 2, onHigh: () => { throw new Error('high') } })
  const several = queue.takeUpTo(3, { min: 3 })
  const one = queue.take().catch((error: unknown) => (error as Error).message)
  queue.tryPut(1)
  queue.tryPut(2)
  expect([await several, await one, queue.isClosed]).toEqual([[1, 2], 'high', true])
})

it('Q12: a loop that is left answers all its calls of next, in their order, and nobody else\'s', async () => {
  const queue = new BoundedQueue<number>({ capacity: 3 })
  const [left, other] = [queue[Symbol.asyncIterator](), queue[Symbol.asyncIterator]()]
  const told: string[] = []
  const tell = (name: string) => ({ value, done }: IteratorResult<number, undefined>): void => { told.push(`${name} ${done === true ? 'done' : value}`) }
  const calls = [left.next().then(tell('left 1')), other.next().then(tell('other 1')), left.next().then(tell('left 2')), left.next().then(tell('left 3')), other.next().then(tell('other 2'))]
  queue.tryPut(1)
  await left.return?.()
  for (const value of [2, 3, 4]) queue.tryPut(value)
  await Promise.all(calls)
  expect(told).toEqual(['left 1 1', 'left 2 done', 'left 3 done', 'other 1 2', 'other 2 3'])
  expect([await left.next(), queue.tryTake()]).toEqual([{ done: true, value: undefined }, 4])
})

it.skipIf(collectGarbage === undefined)('Q17: what came out is not kept alive, nor by a loop that goes on', async () => {
  const queue = new BoundedQueue<object>({ capacity: 2 })
  const loop = queue[Symbol.asyncIterator]()
  const held = await (async () => {
    // Always two calls at once: the list of those that wait is never empty.
    const refs: WeakRef<object>[] = []
    let pending = loop.next()
    for (let i = 0; i < 5; i++) {
      const next = loop.next()
      queue.tryPut({})
      refs.push(new WeakRef((await pending).value as object))
      pending = next
    }
    void pending
    return refs
  })()
  await new Promise((resolve) => setTimeout(resolve))
  collectGarbage?.()
  expect(held.map((ref) => ref.deref())).toEqual(held.map(() => undefined))
})
