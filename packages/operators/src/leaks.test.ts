import { expect, it } from 'vitest'
import { BoundedQueue, drain, forEach, from, never, range, toArray, unfold } from '@sluice/core'
import { source, PENDING, type Stage } from '@sluice/core/authoring'
import { settle } from '@sluice/testing'
import { batch, buffer, filter, map, mapAsync, mapAsyncKeyed, mapAsyncUnordered, mergeWith, take, type MapAsyncOptions } from './index'
import { collectGarbage } from '../../../test/collect-garbage'
import { listenerCount } from '../../../test/listener-count'

const heap = (): number => {
  collectGarbage?.()
  return process.memoryUsage().heapUsed / 1e6
}

it('R14: ten thousand short runs on one signal leave no listener and no memory', async () => {
  const { signal } = new AbortController()
  const pipeline = range(0, 3).pipe(mapAsync(async (n) => n, { concurrency: 2 }), buffer(2), batch(2)).to(toArray())
  for (let i = 0; i < 1000; i++) await pipeline.run({ signal })
  const before = heap()
  for (let i = 0; i < 10_000; i++) await pipeline.run({ signal })
  expect(listenerCount(signal, 'abort')).toBe(0)
  expect(heap() - before).toBeLessThan(3)
})

it('R24: a hundred thousand values against a side that never settles keep nothing alive', async () => {
  const run = range(0, 100_000).pipe(mergeWith(never()), mapAsync((n) => n, { concurrency: 1 })).to(drain()).run()
  const before = heap()
  while (run.stats().stages.at(-1)?.out !== 100_000) await settle(1)
  expect(heap() - before).toBeLessThan(3)
  await run.stop()
})

it('R24: what was delivered is not kept by a pipeline that rests', async () => {
  const refs: WeakRef<object>[] = []
  let opened: Stage | undefined
  const values = source<object>('values', (stage) => {
    opened = stage
    let given = 0
    return {
      pull(into) {
        if (given === 5) return PENDING
        given++
        into[0] = {}
        refs.push(new WeakRef(into[0]))
        return 1
      },
    }
  })
  const run = values.pipe(map((value) => value), filter(() => true), buffer(4), mapAsync(async (value) => value, { concurrency: 2 })).to(drain()).run()
  await settle(20)
  expect([refs.length, run.stats().stages.at(-1)?.out]).toEqual([5, 5])
  // The collector of JavaScriptCore takes stale slots of the stack for references: other work overwrites them.
  await range(0, 50).pipe(map((n) => ({ n })), filter(() => true), buffer(4), mapAsync(async (value) => value, { concurrency: 2 })).to(drain()).run()
  await settle(2)
  collectGarbage?.()
  await settle(2)
  collectGarbage?.()
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBe(0)
  expect(opened?.outcome).toBeUndefined()
  await run.stop()
})

it.each([
  ['mapAsync', mapAsync], ['mapAsyncUnordered', mapAsyncUnordered],
  ['mapAsyncKeyed', (call: ({ n }: { n: number }) => Promise<number>, options: MapAsyncOptions<{ n: number }>) => mapAsyncKeyed(({ n }) => n, call, { concurrency: options.concurrency })],
] as const)('R24: %s lets go of an item when its result is there, though the result waits', async (_name, operator) => {
  const refs: WeakRef<object>[] = []
  const heavy = unfold(0, (n) => {
    if (n === 3) return undefined
    const value = { n }
    refs.push(new WeakRef(value))
    return [value, n + 1]
  })
  let release = (): void => {}
  const held = new Promise<void>((resolve) => { release = resolve })
  const run = heavy.pipe(operator(async ({ n }) => n, { concurrency: 3, capacity: 3 })).to(forEach(() => held)).run()
  await settle(20)
  collectGarbage?.()
  await settle(2)
  collectGarbage?.()
  expect([refs.length, refs.filter((ref) => ref.deref() !== undefined).length]).toEqual([3, 0])
  release()
  await run
})

it('R24: what a queue has given out is not kept by it', async () => {
  const queue = new BoundedQueue<object>({ capacity: 8 })
  const refs = Array.from({ length: 8 }, () => {
    const value = {}
    queue.tryPut(value)
    return new WeakRef(value)
  })
  for (let i = 0; i < 8; i++) queue.tryTake()
  await settle(2)
  collectGarbage?.()
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0)
})

it('R25: a finished, failed, aborted or left run starts nothing any more', async () => {
  let calls = 0
  const endless = range(0).pipe(mapAsync(async (n) => { calls++; await settle(1); return n }, { concurrency: 3 }))
  await endless.pipe(take(2)).to(drain()).run()
  await endless.pipe(map((n) => { if (n === 2) throw new Error('two'); return n })).to(drain()).run().then(() => {}, () => {})
  const run = endless.to(drain()).run()
  await settle(2)
  await run.abort()
  for await (const n of from(endless)) if (n === 2) break
  const after = calls
  await settle(10)
  expect(calls).toBe(after)
})
