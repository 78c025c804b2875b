import { describe, expect, it } from 'vitest'
import { BoundedQueue, drain, forEach, from, toArray, Topic, toQueue, toTopic, type Source } from '@sluice/core'
import { checked, explore, settle, trackedSource } from '@sluice/testing'
import { batch, buffer, flatMap, map, mapAsync, mapAsyncUnordered, mergeWith, take } from './index'

const SEEDS = 250
const numbers = Array.from({ length: 12 }, (_, i) => i)
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** Waits a random number of microtasks, or a macrotask. */
const pause = async (random: () => number): Promise<void> => {
  const hops = Math.floor(random() * 5)
  if (hops === 4) await settle(1)
  for (let i = 0; i < hops; i++) await Promise.resolve()
}
const slowly = (values: readonly number[], random: () => number): Source<number> =>
  from((async function* () {
    for (const value of values) {
      await pause(random)
      yield value
    }
  })())

describe(`under ${SEEDS} interleavings each`, () => {
  it.each([1, 2, 7])('O7: a buffer of %i keeps every value and the order', async (capacity) => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const values = await slowly(numbers, random).pipe(checked(), buffer(capacity), checked()).to(forEachSlowly(random)).run({ scheduler })
      expect(values).toEqual(numbers)
    })
  })

  it('O7: mapAsync keeps the order and its bounds, whatever finishes first', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      let running = 0
      const call = async (n: number): Promise<number> => {
        expect(++running).toBeLessThanOrEqual(3)
        await pause(random)
        running--
        return n
      }
      expect(await slowly(numbers, random).pipe(mapAsync(call, { concurrency: 3, capacity: 1 })).to(toArray()).run({ scheduler })).toEqual(numbers)
    })
  })

  it('O7: mapAsync delivers exactly what came before the failing item', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const seen: number[] = []
      const run = from(numbers).pipe(mapAsync(async (n) => {
        await pause(random)
        if (n === 7) throw new Error('seven')
        return n
      }, { concurrency: 4 })).to(forEach((n) => { seen.push(n) })).run({ scheduler })
      await expect(run).rejects.toThrow('seven')
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
    })
  })

  it('O7: mapAsyncUnordered loses and doubles nothing', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const values = await from(numbers).pipe(mapAsyncUnordered(async (n) => { await pause(random); return n }, { concurrency: 3 })).to(toArray()).run({ scheduler })
      expect(ascending(values)).toEqual(numbers)
    })
  })

  it('O7: merge loses and doubles nothing, and keeps the order of each input', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const evens = numbers.filter((n) => n % 2 === 0)
      const odds = numbers.filter((n) => n % 2 === 1)
      const values = await slowly(evens, random).pipe(mergeWith(slowly(odds, random))).to(toArray()).run({ scheduler })
      expect(values.filter((n) => n % 2 === 0)).toEqual(evens)
      expect(values.filter((n) => n % 2 === 1)).toEqual(odds)
    })
  })

  it('O7: a failing input ends a merge and closes the others', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      let closed = false
      const other = from((async function* () {
        try {
          for (let n = 0; ; n++) {
            await pause(random)
            yield n
          }
        } finally {
          closed = true
        }
      })())
      const failing = from((async function* () {
        await pause(random)
        yield 1
        throw new Error('one')
      })())
      await expect(other.pipe(mergeWith(failing)).to(drain()).run({ scheduler })).rejects.toThrow('one')
      expect(closed).toBe(true)
    })
  })

  it('O7: a topic gives every subscriber every value in order', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const topic = new Topic<number>({ capacity: 2, onNoSubscribers: 'wait' })
      const received = [topic.subscribe(), topic.subscribe()].map((subscription) => from(subscription).to(forEachSlowly(random)).run({ scheduler }))
      await slowly(numbers, random).to(toTopic(topic)).run({ scheduler })
      expect(await Promise.all(received)).toEqual([numbers, numbers])
    })
  })

  it('O7: three producers and five consumers of one queue share every value', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const queue = new BoundedQueue<number>({ capacity: 2 })
      const consumers = [1, 2, 3, 4, 5].map(() => from(queue).to(forEachSlowly(random)).run({ scheduler }))
      const producers = [0, 4, 8].map((start) => slowly(numbers.slice(start, start + 4), random).to(toQueue(queue, { preventClose: true })).run({ scheduler }))
      await Promise.all(producers)
      queue.close()
      expect(ascending((await Promise.all(consumers)).flat())).toEqual(numbers)
    })
  })

  it('T2: stop, abort and take settle every ticket once, wherever values are', async () => {
    for (const end of ['stop', 'abort', 'take'] as const) {
      await explore(SEEDS, async ({ scheduler, random }) => {
        const tracked = trackedSource(Array.from({ length: 60 }, (_, i) => i))
        const run = tracked.source.pipe(
          map((n) => n), buffer(3), mapAsync(async (n) => { await pause(random); return n }, { concurrency: 3 }),
          flatMap((n) => [n, n]), batch(5), buffer(1), take(end === 'take' ? 3 : 1000),
        ).to(forEach(() => pause(random))).run({ scheduler })
        const settled = run.then(() => 'completed', () => 'failed')
        for (let i = Math.floor(random() * 4); i > 0; i--) await pause(random)
        if (end === 'stop') await run.stop()
        if (end === 'abort') await run.abort()
        await settled
        expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
        if (end === 'stop') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
      })
    }
  })
})

/** Takes its time with each value; the result is the list of them. */
function forEachSlowly(random: () => number) {
  const inner = forEach<number>(() => {})
  return {
    name: 'slowly',
    open() {
      const values: number[] = []
      return {
        ...inner,
        write: async (batch: readonly number[], count: number) => {
          values.push(...batch.slice(0, count))
          await pause(random)
        },
        end: () => values,
      }
    },
  }
}
