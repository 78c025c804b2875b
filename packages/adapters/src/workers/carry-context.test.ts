import { AsyncLocalStorage } from 'node:async_hooks'
import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BoundedQueue, from, retry, toArray } from '@sluice/core'
import { carryContext } from '@sluice/core/authoring'
import { traceRuns } from '@sluice/adapters/opentelemetry'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { inProcessWorker } from '../../test/workers/in-process-worker'
import { traceContext } from '../../test/workers/trace-context'
import { mapWorkers } from './index'

type Traced = typeof import('../../test/workers/traced.worker').worker

const exporter = new InMemorySpanExporter()
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test')
const ends: (() => void)[] = []
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(traceContext)
})
afterAll(() => {
  context.disable()
  propagation.disable()
})
afterEach(() => { for (const end of ends.splice(0)) end() })

const script = bundledWorker('./traced.worker.ts')

describe('R87: a context on its way to a thread', () => {
  it('a trace goes on in the thread of each item: that of the put, else that of the run; also when it is tried again', async () => {
    ends.push(traceRuns({ tracer }))
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const run = from(queue).pipe(mapWorkers<Traced>(script, { threads: 2, batch: 2, onError: retry({ times: 2, delayMs: 0 }) })).to(toArray()).run({ name: 'threads' })
    const ids: (string | undefined)[] = []
    for (let n = 0; n < 4; n++) {
      await tracer.startActiveSpan(`put ${n}`, async (span) => {
        ids.push(span.spanContext().spanId)
        await queue.put(n)
        span.end()
      })
    }
    await queue.put(4)
    queue.close()
    const results = await run
    ids.push(exporter.getFinishedSpans().find(({ name }) => name === 'run threads')?.spanContext().spanId)
    expect(results).toEqual(ids.map((id, n) => [n, id]))
    expect(new Set(ids).size).toBe(5)
  })

  it('nothing is sent where nothing is carried, and nothing of an AsyncLocalStorage: the function finds no texts', async () => {
    const storage = new AsyncLocalStorage<string>()
    const carried = mapWorkers<number, unknown>(inProcessWorker((_n, context) => ('carried' in context ? context.carried ?? 'none' : 'absent')), { threads: 1 })
    const go = () => storage.run('mine', () => from([1, 2]).pipe(carried).to(toArray()).run())
    expect(await go()).toEqual(['none', 'none'])
    const snapshot = () => AsyncLocalStorage.snapshot()
    ends.push(carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true }))
    expect(await go()).toEqual(['none', 'none'])
    ends.push(carryContext({ ofRun: () => undefined, inject: () => ({ store: storage.getStore() ?? '' }) }))
    expect(await go()).toEqual([{ store: 'mine' }, { store: 'mine' }])
  })

  it('an inject that throws, or that answers what cannot be sent, loses no item', async () => {
    const heard: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (error) => heard.push(error))
    ends.push(carryContext({ ofRun: () => undefined, inject: () => { throw new Error('of a tool') } }))
    ends.push(carryContext({ ofRun: () => undefined, inject: () => ({ fn: () => {}, id: 'a' }) as never }))
    const got = await from([1, 2]).pipe(mapWorkers<number, unknown>(inProcessWorker((_n, { carried }) => carried), { threads: 1 })).to(toArray()).run()
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
    expect(got).toEqual([{ id: 'a' }, { id: 'a' }])
    expect(heard.map((error) => (error as Error).message)).toEqual(['of a tool', 'of a tool'])
  })
})
