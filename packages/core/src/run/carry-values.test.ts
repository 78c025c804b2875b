import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batch, filter, flatMap, map, mapAsync, tap } from '@sluice/operators'
import { carryContext } from '../authoring'
import { BoundedQueue, drain, forEach, from, KeyedQueue, Limit, PriorityQueue, toArray, toQueue, type Source } from '../index'

const storage = new AsyncLocalStorage<string>()
const snapshot = () => AsyncLocalStorage.snapshot()
let end: () => void
beforeEach(() => { end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true }) })
afterEach(() => { end() })

/** Puts 0, 1, 2, … each in a context of its own: `put 0`, `put 1`, … */
async function putAll(queue: { put(value: number): Promise<void>, close(): void }, count = 5): Promise<void> {
  const puts: Promise<void>[] = []
  for (let i = 0; i < count; i++) puts.push(storage.run(`put ${i}`, () => queue.put(i)))
  await Promise.all(puts)
  queue.close()
}

/** What functions saw, by the value: each line is `stage value: context`. */
function watching() {
  const seen: string[] = []
  return { seen, see: (stage: string, value: number): void => { seen.push(`${stage} ${value}: ${storage.getStore() ?? 'none'}`) } }
}
const expected = (...stages: string[]): string[] => stages.flatMap((stage) => [0, 1, 2, 3, 4].map((value) => `${stage} ${value}: put ${value}`)).sort()

describe('R82: the context of a put', () => {
  it.each([
    ['BoundedQueue', (capacity: number) => new BoundedQueue<number>({ capacity })],
    ['BoundedQueue that weighs', (capacity: number) => new BoundedQueue<number>({ capacity, weigh: (n) => n, maxWeight: 100 })],
    ['PriorityQueue', (capacity: number) => new PriorityQueue<number>({ capacity, compare: (a, b) => b - a })],
    ['KeyedQueue', (capacity: number) => new KeyedQueue<number, number>({ capacity, key: (n) => n % 2 })],
  ])('is restored round every function that is called with the value, also behind an await: %s', async (_name, make) => {
    // With room for all, and with puts that wait for room, or for their reader.
    for (const capacity of [10, 2, 1]) {
      const { seen, see } = watching()
      const queue = make(capacity)
      const run = storage.run('run', () => from(queue)
        .pipe(tap((n) => { see('tap', n) }), filter((n) => { see('filter', n); return true }), map((n) => { see('map', n); return n }),
          mapAsync(async (n) => { see('call', n); await Promise.resolve(); see('later', n); return n }, { concurrency: 3 }))
        .to(forEach((n) => { see('sink', n) })).run())
      await putAll(queue)
      await run
      expect(seen.sort()).toEqual(expected('tap', 'filter', 'map', 'call', 'later', 'sink'))
    }
  })

  it('follows the value through a rendezvous, through a queue between two runs, and to each of the values that it becomes', async () => {
    const { seen, see } = watching()
    const first = new BoundedQueue<number>({ capacity: 0 })
    const second = new BoundedQueue<number>({ capacity: 1 })
    const fill = storage.run('filler', () => from(first).pipe(flatMap((n) => [n, n])).to(toQueue(second)).run())
    const read = storage.run('reader', () => from(second).pipe(mapAsync(async (n) => { see('call', n) }, { concurrency: 2 })).to(drain()).run())
    await putAll(first)
    await Promise.all([fill, read])
    expect(seen.sort()).toEqual([...expected('call'), ...expected('call')].sort())
  })

  it('is still that of the value when it is tried again', async () => {
    const { seen, see } = watching()
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const failing = async (n: number, { attempt }: { readonly attempt: number }): Promise<void> => {
      see(`try ${attempt}`, n)
      await Promise.resolve()
      if (attempt === 1) throw new Error('again')
    }
    const run = from(queue).pipe(mapAsync(failing, { concurrency: 2, onError: () => ({ retryAfterMs: 1 }) })).to(drain()).run()
    await putAll(queue)
    await run
    expect(seen.sort()).toEqual(expected('try 1', 'try 2'))
  })

  it.each([
    ['a limit', () => ({ limit: new Limit({ concurrency: 1 }) })], ['a time limit', () => ({ timeoutMs: 5000 })],
  ])('is restored in calls with %s', async (_name, options) => {
    const { seen, see } = watching()
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const run = from(queue).pipe(mapAsync(async (n) => { see('call', n); await Promise.resolve(); see('later', n) }, { concurrency: 2, ...options() })).to(drain()).run()
    await putAll(queue)
    await run
    expect(seen.sort()).toEqual(expected('call', 'later'))
  })

  it('is not that of several values that became one: these have the context of the run', async () => {
    const seen: (string | undefined)[] = []
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const run = storage.run('run', () => from(queue).pipe(batch(5), tap(() => { seen.push(storage.getStore()) })).to(drain()).run())
    await putAll(queue)
    await run
    expect(seen).toEqual(['run'])
  })

  it('changes nothing else: values, order and totals are those of a run that carries nothing, whatever becomes of the values', async () => {
    const flow = (source: Source<number>) => source.pipe(filter((n) => n !== 1), mapAsync(async (n) => { if (n === 2) throw new Error('bad'); return n }, { concurrency: 2, onError: 'skip' })).to(toArray())
    const go = async () => {
      const queue = new BoundedQueue<number>({ capacity: 2 })
      const run = flow(from(queue)).run()
      await putAll(queue)
      return { result: await run, totals: run.stats().totals }
    }
    const carried = await go()
    end()
    const plain = await go()
    expect(carried).toEqual(plain)
    expect(carried.totals).toMatchObject({ read: 5, absorbed: 1, skipped: 1, delivered: 3, abandoned: 0 })
  })

  it('a queue that was made before, or after, keeps none', async () => {
    end()
    const queue = new BoundedQueue<number>({ capacity: 10 })
    end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true })
    const seen: (string | undefined)[] = []
    const run = storage.run('run', () => from(queue).pipe(tap(() => { seen.push(storage.getStore()) })).to(drain()).run())
    await putAll(queue, 2)
    await run
    expect(seen).toEqual(['run', 'run'])
  })
})
