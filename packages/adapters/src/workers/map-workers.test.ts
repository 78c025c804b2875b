import { threadId, Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { forEach, from, OptionError, range, toArray, unfold } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { collectGarbage } from '../../../../test/collect-garbage'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { inProcessWorker } from '../../test/workers/in-process-worker'
import { mapWorkers, Threads, type MapWorkersOptions } from './index'

type Jobs = typeof import('../../test/workers/jobs.worker').worker
type Order = Parameters<Jobs>[0]
const jobs = bundledWorker('./jobs.worker.ts')
const same = bundledWorker('./same.worker.ts')
const onThreads = (options: MapWorkersOptions<Order>) => mapWorkers<Jobs>(jobs, options)
const board = (): Int32Array => new Int32Array(new SharedArrayBuffer(16))
const threadIds = async (count: number, options: MapWorkersOptions<Order>): Promise<Set<unknown>> =>
  new Set(await from(Array.from({ length: count }, (): Order => ({ do: 'tell thread' }))).pipe(onThreads(options)).to(toArray()).run())

/** Waits until it is so, looking once in a turn: for what another thread does to memory. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle(1)
}

describe('threads', () => {
  it('run the function elsewhere, on as many threads as were asked for', async () => {
    const ids = await threadIds(200, { threads: 3, batch: 4 })
    expect(ids.size).toBe(3)
    expect(ids.has(threadId)).toBe(false)
  })

  it('are not started for a source without values, and no more of them than there are values', async () => {
    let made = 0
    const make = (): Worker => (made++, new Worker(same))
    await from([]).pipe(mapWorkers(make as never, { threads: 2 })).to(toArray()).run()
    expect(made).toBe(0)
    await from([1]).pipe(mapWorkers(make as never, { threads: 2 })).to(toArray()).run()
    expect(made).toBe(1)
  })

  it('give results in the order of the items, whichever is through first', async () => {
    const orders = [40, 0, 20, 0].map((ms): Order => ({ do: 'wait', ms }))
    expect(await from(orders).pipe(onThreads({ threads: 2, batch: 1, capacity: 2 })).to(toArray()).run()).toEqual([40, 0, 20, 0])
  })

  it('give results as they come where that is asked for', async () => {
    const slow: Order = { do: 'wait', ms: 200 }
    const run = from([slow, { do: 'give', value: 1 }, { do: 'give', value: 2 }] satisfies Order[]).pipe(onThreads({ threads: 2, batch: 1, capacity: 1, ordered: false })).to(toArray()).run()
    expect(await run).toEqual([1, 2, 200])
  })

  it('hold at most capacity items each, and the stage twice that, while nobody takes results', async () => {
    const probe = manualSource<unknown>()
    const reader = manualSink<unknown>()
    const run = probe.source.pipe(mapWorkers(same, { threads: 2, batch: 2, capacity: 3 })).to(reader.sink).run()
    await settle()
    expect(probe.pulls).toBe(0)
    probe.emit(...Array.from({ length: 100 }, (_, i) => i))
    reader.request(2)
    await until(() => reader.values.length === 2)
    await settle(50)
    expect(probe.delivered).toBeLessThanOrEqual(2 + 2 * 2 * 3)
    await run.abort()
    await run.then(undefined, () => {})
  })

  it('have at most capacity items out at once', async () => {
    const shared = board()
    const probe = manualSource<Order>()
    const run = probe.source.pipe(onThreads({ threads: 1, batch: 1, capacity: 2, graceMs: 0 })).to(toArray()).run()
    await settle()
    probe.emit({ do: 'wait for abort', board: shared }, ...Array.from({ length: 50 }, (): Order => ({ do: 'give', value: 1 })))
    await until(() => shared[0] === 1)
    // Two are out; as many may wait here to be next, as results would.
    expect(probe.delivered).toBe(2)
    await run.abort()
    await run.then(undefined, () => {})
  })

  it('are as many as a Threads says, while it runs', async () => {
    const threads = new Threads(1)
    const ids: unknown[] = []
    const probe = manualSource<Order>()
    const run = probe.source.pipe(onThreads({ threads, batch: 1, capacity: 1, ordered: false })).to(forEach((id) => { ids.push(id) })).run()
    await settle()
    const round = async (count: number): Promise<number> => {
      const before = ids.length
      probe.emit(...Array.from({ length: count }, (): Order => ({ do: 'tell thread' })))
      await until(() => ids.length === before + count)
      return new Set(ids.slice(before)).size
    }
    expect(await round(20)).toBe(1)
    threads.resize(3)
    await round(90)
    expect(new Set(ids).size).toBe(3)
    threads.resize(1)
    await round(20)
    expect(await round(20)).toBe(1)
    probe.end()
    await run
  })

  it('are as many as there is work for, where bounds are given', async () => {
    const idle = { min: 1, max: 3, idleMs: 50 }
    const many = await from(Array.from({ length: 300 }, (): Order => ({ do: 'tell thread' }))).pipe(onThreads({ threads: { ...idle, max: 1 } })).to(toArray()).run()
    expect(new Set(many).size).toBe(1)
    const burn = Array.from({ length: 60 }, (): Order => ({ do: 'burn', ms: 10 }))
    let [made, ended] = [0, 0]
    const make = (): Worker => {
      made++
      return new Worker(jobs).on('exit', () => { ended++ })
    }
    const probe = manualSource<Order>()
    const results: unknown[] = []
    const run = probe.source.pipe(mapWorkers<Jobs>(make as never, { threads: idle, batch: 1, capacity: 2 })).to(forEach((value) => { results.push(value) })).run()
    await settle()
    probe.emit({ do: 'give', value: 1 })
    await until(() => results.length === 1)
    expect(made).toBe(1)
    probe.emit(...burn)
    await until(() => results.length === 61)
    expect(made).toBe(3)
    await until(() => ended === 2)
    probe.end()
    await run
    expect(ended).toBe(3)
  })
})

describe('what is handed over', () => {
  it('is copied by default, and moved where transfer says so', async () => {
    const copied = new Uint8Array([1, 2, 3])
    expect(await from([copied]).pipe(mapWorkers(same, { threads: 1 })).to(toArray()).run()).toEqual([new Uint8Array([1, 2, 3])])
    expect(copied.byteLength).toBe(3)
    const moved = new Uint8Array([1, 2, 3])
    const passing = mapWorkers<Uint8Array, Uint8Array>(same, { threads: 1, transfer: ({ buffer }) => [buffer] })
    expect(await from([moved]).pipe(passing).to(toArray()).run()).toEqual([new Uint8Array([1, 2, 3])])
    expect(moved.byteLength).toBe(0)
  })

  it('a transfer that throws is a failure of its item', async () => {
    const boom = new Error('transfer')
    const run = from([1, 2, 3]).pipe(mapWorkers<number, number>(same, { threads: 1, transfer: (n) => { if (n === 2) throw boom; return [] } })).to(toArray()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'mapWorkers', item: 2 })
  })
})

describe('the end', () => {
  it('of the run waits for the threads', async () => {
    let ended = 0
    const make = (): Worker => new Worker(same).on('exit', () => { ended++ })
    await range(0, 100).pipe(mapWorkers(make as never, { threads: 2, batch: 1 })).to(toArray()).run()
    expect(ended).toBe(2)
  })

  it('an abort reaches the function on its thread, and is waited for', async () => {
    const shared = board()
    const run = from([{ do: 'wait for abort', board: shared }] satisfies Order[]).pipe(onThreads({ threads: 1 })).to(toArray()).run()
    await until(() => shared[0] === 1)
    const reason = new Error('enough')
    await run.abort(reason)
    await expect(run).rejects.toBe(reason)
    expect(shared[1]).toBe('enough'.length)
    expect(run.unstopped).toEqual([])
  })

  it('a thread that does not hear of an abort is ended after graceMs', async () => {
    const shared = board()
    const run = from([{ do: 'count', board: shared, at: 0 }, { do: 'hang' }] satisfies Order[]).pipe(onThreads({ threads: 1, batch: 1, graceMs: 20 })).to(toArray()).run()
    await until(() => shared[0] === 1)
    await run.abort()
    expect(run.unstopped).toEqual([])
  })

  it('a stop ends with what was read', async () => {
    const probe = manualSource<Order>()
    const run = probe.source.pipe(onThreads({ threads: 2, batch: 1 })).to(toArray()).run()
    await settle()
    probe.emit({ do: 'wait', ms: 30 }, { do: 'give', value: 2 })
    await settle()
    expect((await run.stop({ deadlineMs: 5000 })).status).toBe('completed')
    expect(await run).toEqual([30, 2])
  })

  it('T2: every ticket is settled once, whether it ends or is cut off, in order or not', async () => {
    for (const ordered of [true, false]) {
      for (const cut of [3, 500]) {
        const tracked = trackedSource(Array.from({ length: 300 }, (_, i) => i))
        let seen = 0
        const run = tracked.source.pipe(mapWorkers(same, { threads: 2, batch: 4, ordered })).to(forEach(() => { if (++seen === cut) void run.abort() })).run()
        await run.then(undefined, () => {})
        expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
        if (cut === 500) expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
      }
    }
  })
})

it('options are looked at when the pipeline is built', () => {
  for (const wrong of [
    { threads: 0 }, { threads: 1.5 }, { threads: { max: 0 } }, { threads: { min: 3, max: 2 } }, { threads: null }, { batch: 0 },
    { batch: 8, capacity: 4 }, { ordered: 'yes' }, { timeoutMs: -1 }, { transfer: 1 }, { onError: 'never' }, { graceMs: Number.NaN },
  ]) expect(() => mapWorkers(same, wrong as never), JSON.stringify(wrong)).toThrow(OptionError)
  expect(() => mapWorkers(undefined as never)).toThrow(/script must be/)
  expect(() => mapWorkers(() => { throw new Error('not called') }, { worker: {} })).toThrow(/worker must be/)
  expect(() => new Threads(0)).toThrow(OptionError)
})

it.each([true, false])('R24: lets go of an item when its result is there, though the result waits; ordered: %s', async (ordered) => {
  const refs: WeakRef<object>[] = []
  const heavy = unfold(0, (n) => {
    if (n === 3) return undefined
    const value = { n }
    refs.push(new WeakRef(value))
    return [value, n + 1]
  })
  let release = (): void => {}
  const held = new Promise<void>((resolve) => { release = resolve })
  const number = inProcessWorker((value) => (value as { n: number }).n)
  const run = heavy.pipe(mapWorkers<object, number>(number, { threads: 1, batch: 2, ordered })).to(forEach(() => held)).run()
  await settle(20)
  collectGarbage?.()
  await settle(2)
  collectGarbage?.()
  expect([refs.length, refs.filter((ref) => ref.deref() !== undefined).length]).toEqual([3, 0])
  release()
  await run
})
