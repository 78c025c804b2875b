import { describe, expect, it } from 'vitest'
import { BoundedQueue, KeyedQueue, PriorityQueue, range, toQueue } from '../index'

/** Functions of the user that throw: whose fault it is gets the error, and no value is lost or doubled. */

const outcomeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'done', (error: unknown) => (error as Error).message)

describe('a function that refuses a value', () => {
  it('Q5: rejects the put, as everything that goes wrong with it', async () => {
    const fail = (): never => { throw new Error('mine') }
    expect(await outcomeOf(new BoundedQueue<number>({ capacity: 1, weigh: fail, maxWeight: 1 }).put(1))).toBe('mine')
    expect(await outcomeOf(new KeyedQueue<number, number>({ capacity: 1, key: fail }).put(1))).toBe('mine')
    expect(await outcomeOf(new PriorityQueue<number>({ capacity: 1, levels: 2, priority: fail }).put(1))).toBe('mine')
    expect(await outcomeOf(new BoundedQueue<number>({ capacity: 1 }).put(1, { timeoutMs: -1 }))).toContain('timeoutMs must be')
    expect(await outcomeOf(new BoundedQueue<number>({ capacity: 1 }).take({ timeoutMs: -1 }))).toContain('timeoutMs must be')
    expect(await outcomeOf(new BoundedQueue<number>({ capacity: 1 }).takeUpTo(0))).toContain('count must be')
  })

  it('Q5: of a put that waited is for that put, not for who takes, and those behind it move up', async () => {
    const queue = new PriorityQueue<number>({ capacity: 1, levels: 2, priority: (value) => value })
    await queue.put(0)
    const puts = [9, 1].map((value) => outcomeOf(queue.put(value)))
    expect(await queue.take()).toBe(0)
    expect(await Promise.all(puts)).toEqual(['PriorityQueue: priority must answer a whole number from 0 to 1, got 9', 'done'])
    expect([queue.tryTake(), queue.size]).toEqual([1, 0])
  })

  it('Q5: a key that cannot be told leaves the queue as it was', async () => {
    const key = (request: { readonly user: string } | null): string => {
      if (request === null) throw new Error('nobody asks')
      return request.user
    }
    const queue = new KeyedQueue({ capacity: 1, key })
    await queue.put({ user: 'a' })
    const bad = outcomeOf(queue.put(null))
    expect(await queue.take()).toEqual({ user: 'a' })
    expect([await bad, queue.size, queue.waitingPuts]).toEqual(['nobody asks', 0, 0])
  })

  it('Q6: an order that throws loses and doubles nothing, whenever it does', () => {
    for (let failing = 1; failing < 40; failing++) {
      let calls = 0
      const compare = (a: number, b: number): number => {
        if (++calls === failing) throw new Error('mine')
        return a - b
      }
      const queue = new PriorityQueue<number>({ capacity: 20, compare })
      const inside: number[] = []
      const out: number[] = []
      for (const value of [5, 3, 8, 1, 9, 2, 7, 4, 6]) {
        try {
          if (queue.tryPut(value)) inside.push(value)
        } catch {
          // Not in.
        }
      }
      while (queue.size > 0) {
        try {
          out.push(queue.tryTake() as number)
        } catch {
          // Still in.
        }
      }
      expect(out).toEqual(inside.sort((a, b) => a - b))
    }
  })

  it('Q5: of takers that wait gives them the error, and they may ask again', async () => {
    let broken = true
    const compare = (a: number, b: number): number => {
      if (broken) throw new Error('mine')
      return a - b
    }
    const queue = new PriorityQueue<number>({ capacity: 5, compare })
    const taking = outcomeOf(queue.takeUpTo(3, { min: 3 }))
    broken = false
    for (const value of [3, 1, 2]) {
      broken = value === 2
      await outcomeOf(queue.put(value))
    }
    expect([queue.size, queue.waitingTakes]).toEqual([2, 1])
    broken = false
    await queue.put(0)
    expect([await taking, queue.size]).toEqual(['done', 0])
  })

  it.each(['drop-oldest', 'latest'] as const)('Q10: under %s nothing is dropped for a value that is refused', (overflow) => {
    const dropped: number[] = []
    const onDrop = (value: number): void => { dropped.push(value) }
    const bang = (value: number): number => {
      if (value === 9) throw new Error('mine')
      return value
    }
    const queues = [
      new PriorityQueue<number>({ capacity: 1, levels: 2, priority: bang, overflow, onDrop }),
      new PriorityQueue<number>({ capacity: 1, compare: (a, b) => bang(a) - bang(b), overflow, onDrop }),
      new KeyedQueue<number, number>({ capacity: 1, key: bang, overflow, onDrop }),
      new BoundedQueue<number>({ capacity: 1, weigh: bang, maxWeight: 5, overflow, onDrop }),
    ]
    for (const queue of queues) {
      queue.tryPut(1)
      expect(() => queue.tryPut(9)).toThrow('mine')
      expect([queue.dropped, queue.tryTake()]).toEqual([0, 1])
    }
    expect(dropped).toEqual([])
  })

  it('Q10: that is refused only in company does not keep the victims of the policy from being counted', () => {
    const dropped: number[] = []
    const compare = (a: number, b: number): number => {
      if (a === 9 && b !== 9) throw new Error('mine')
      return a - b
    }
    const queue = new PriorityQueue<number>({ capacity: 2, compare, overflow: 'drop-oldest', onDrop: (value) => dropped.push(value) })
    queue.tryPut(1)
    queue.tryPut(2)
    expect(() => queue.tryPut(9)).toThrow('mine')
    expect([dropped, queue.dropped, queue.size]).toEqual([[2], 1, 1])
  })

  it('Q5: by itself a value is compared, too, so that the next one is not refused for it', () => {
    const queue = new PriorityQueue<{ readonly due: Date } | null>({ capacity: 5, compare: (a, b) => a!.due.getTime() - b!.due.getTime() })
    expect(() => queue.tryPut(null)).toThrow(TypeError)
    expect(queue.tryPut({ due: new Date(0) })).toBe(true)
  })
})

it('Q10: every victim is offered, even where onDrop throws', () => {
  const offered: number[] = []
  const onDrop = (value: number): void => {
    offered.push(value)
    throw new Error(`drop ${value}`)
  }
  const queue = new BoundedQueue<number>({ capacity: 3, overflow: 'latest', onDrop })
  for (const value of [1, 2, 3]) queue.tryPut(value)
  expect(() => queue.tryPut(4)).toThrow('drop 1')
  expect([offered, queue.dropped, queue.tryTake()]).toEqual([[1, 2, 3], 3, 4])
})

it('Q11: a watermark that throws fails the queue, and neither a put nor a take', async () => {
  const high = new BoundedQueue<number>({ capacity: 2, onHigh: () => { throw new Error('high') } })
  await high.put(1)
  await high.put(2)
  expect([high.isClosed, await high.take(), await high.take()]).toEqual([true, 1, 2])
  await expect(high.take()).rejects.toThrow('high')
  const low = new BoundedQueue<number>({ capacity: 1, onLow: () => { throw new Error('low') } })
  await low.put(1)
  low.close()
  expect(low.tryTake()).toBe(1)
  await expect(low.closed).rejects.toThrow('low')
})

it.each(['drop-newest', 'drop-oldest', 'latest'] as const)('Q10: a pipeline that fills a queue with %s has each value dropped once', async (overflow) => {
  const dropped: number[] = []
  const queue = new BoundedQueue<number>({ capacity: 1, overflow, onDrop: (value) => dropped.push(value) })
  expect(await range(0, 5).to(toQueue(queue)).run()).toBe(5)
  expect(dropped).toEqual(overflow === 'drop-newest' ? [1, 2, 3, 4] : [0, 1, 2, 3])
  expect([queue.dropped, queue.tryTake()]).toEqual([4, overflow === 'drop-newest' ? 0 : 4])
})

it('O13: what is no queue and options that are none are refused when the pipeline is built', () => {
  expect(() => toQueue({ put: () => Promise.resolve() } as never)).toThrow('toQueue: queue.tryPut must be a function, got undefined')
  expect(() => toQueue(new BoundedQueue({ capacity: 1 }), { preventClose: 'yes' as never })).toThrow('toQueue: preventClose must be true or false, got "yes"')
})
