import { propagation, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoundedQueue, drain, from, range, retry, toArray } from '@sluice/core'
import { aroundCalls } from '@sluice/core/authoring'
import { take } from '@sluice/operators'
import { tracingTests } from '../../test/finished-spans'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { inProcessWorker } from '../../test/workers/in-process-worker'
import type { worker as Jobs } from '../../test/workers/jobs.worker'
import { traceContext } from '../../test/workers/trace-context'
import type { worker as Traced } from '../../test/workers/traced.worker'
import { mapWorkers } from './index'

const { tracer, ends, tracing, spansOf } = tracingTests()
beforeAll(() => { propagation.setGlobalPropagator(traceContext) })
afterAll(() => { propagation.disable() })

const jobs = bundledWorker('./jobs.worker.ts')
const outcomes = (spans: readonly ReadableSpan[]): unknown[] => spans.map(({ attributes, status }) => [attributes['sluice.item'], attributes['sluice.attempt'], attributes['sluice.item.outcome'] ?? status.code])
const { ERROR, UNSET } = SpanStatusCode

describe('A33: the spans of items that threads work on', () => {
  it('are one for each try, in the trace of the put or of the run; what the thread traces is a child of that', async () => {
    tracing({ items: true, tellItem: Number })
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const work = mapWorkers<typeof Traced>(bundledWorker('./traced.worker.ts'), { threads: 2, batch: 2, name: 'work', onError: retry({ times: 2, delayMs: 0 }) })
    const run = from(queue).pipe(work).to(toArray()).run({ name: 'threads' })
    const put = await tracer.startActiveSpan('put', async (span) => {
      await queue.put(0)
      span.end()
      return span.spanContext().spanId
    })
    for (const n of [1, 2, 3]) await queue.put(n)
    queue.close()
    const results = await run
    const spans = spansOf('item work').sort((a, b) => Number(a.attributes['sluice.item']) - Number(b.attributes['sluice.item']))
    expect(outcomes(spans)).toEqual([[0, 1, UNSET], [1, 1, UNSET], [2, 1, ERROR], [2, 2, UNSET], [3, 1, UNSET]])
    const [ofRun] = spansOf('run threads')
    expect(spans.map((span) => span.parentSpanContext?.spanId)).toEqual([put, ...Array<unknown>(4).fill(ofRun?.spanContext().spanId)])
    expect(spans[0]?.links.map((link) => link.context.spanId)).toEqual([ofRun?.spanContext().spanId])
    // The function finds the span of its own try active, in its thread.
    expect(results).toEqual([0, 1, 3, 4].map((index, n) => [n, spans[index]?.spanContext().spanId]))
    expect(spans[2]?.attributes).toMatchObject({ 'sluice.stage': 'work', 'sluice.stage.kind': 'operator', 'error.type': 'Error' })
    expect(ofRun?.attributes).toMatchObject({ 'sluice.run.item_spans': 5, 'sluice.run.items_without_span': 0 })
  })

  it('have the error of the item that has ended a thread; what is done again by another thread is the same try', async () => {
    tracing({ items: true, tellItem: (order) => (order as { do: string }).do })
    const run = from([{ do: 'exit', code: 3 }, { do: 'give', value: 1 }, { do: 'give a function' }] as const)
      .pipe(mapWorkers<typeof Jobs>(jobs, { threads: 1, batch: 3, name: 'work', onError: 'skip' })).to(toArray()).run()
    expect(await run).toEqual([1])
    expect(outcomes(spansOf('item work')).sort()).toEqual([['exit', 1, ERROR], ['give a function', 1, ERROR], ['give', 1, UNSET]])
  })

  it('have the error on which the run has failed, and no error where the run was aborted or has enough', async () => {
    tracing({ items: true, tellItem: Number })
    const hang = inProcessWorker((n) => (n === 1 ? Promise.reject(new RangeError('bad')) : n === 0 ? n : new Promise(() => {})))
    await expect(range(0, 3).pipe(mapWorkers<number, number>(hang, { threads: 1, graceMs: 0, name: 'fails' })).to(drain()).run()).rejects.toThrow('bad')
    expect(outcomes(spansOf('item fails'))).toEqual([[0, 1, UNSET], [1, 1, ERROR], [2, 1, 'cut off']])
    expect(await from([0, 2]).pipe(mapWorkers<number, number>(hang, { threads: 1, graceMs: 0, name: 'enough' }), take(1)).to(toArray()).run()).toEqual([0])
    expect(outcomes(spansOf('item enough'))).toEqual([[0, 1, UNSET], [2, 1, 'cut off']])
    const run = range(2, 2).pipe(mapWorkers<number, number>(hang, { threads: 1, graceMs: 0, name: 'aborted' })).to(drain()).run()
    await expect.poll(() => run.stats().stages.find(({ id }) => id === 'aborted')?.calls?.inFlight).toBe(2)
    await run.abort().catch(() => {})
    expect(outcomes(spansOf('item aborted'))).toEqual([[2, 1, 'cut off'], [3, 1, 'cut off']])
  })

  it('end where no thread can be started, and where nothing can be sent', async () => {
    tracing({ items: true })
    const none = mapWorkers<number, number>(() => { throw new Error('no worker') }, { threads: 1, name: 'none' })
    await expect(range(0, 2).pipe(none).to(drain()).run()).rejects.toThrow('no worker')
    expect(spansOf('item none').map(({ ended }) => ended)).toEqual([true, true])
    await from([() => 1]).pipe(mapWorkers<unknown, unknown>(inProcessWorker(() => 1), { threads: 1, name: 'unsent', onError: 'skip' })).to(drain()).run()
    expect(outcomes(spansOf('item unsent'))).toEqual([[undefined, 1, ERROR]])
  })

  it('what surrounds calls and throws is the failure of the item', async () => {
    ends.push(aroundCalls(({ name }) => (name === 'work' ? (call, item) => { if (item === 1) throw new Error('of a tool'); return call() } : undefined)))
    const work = mapWorkers<number, number>(inProcessWorker((n) => n), { threads: 1, name: 'work', onError: 'skip' })
    expect(await range(0, 3).pipe(work).to(toArray()).run()).toEqual([0, 2])
  })
})
