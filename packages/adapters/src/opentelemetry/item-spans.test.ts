import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { BoundedQueue, drain, forEach, from, Limit, range, retry, toArray } from '@sluice/core'
import { batch, map, mapAsync, mapAsyncKeyed } from '@sluice/operators'
import { traceRuns, type TraceRunsOptions } from '@sluice/adapters/opentelemetry'
import { tracingTests } from '../../test/finished-spans'

const { exporter, tracer, ends, tracing: traced, spansOf } = tracingTests()

const tracing = (options: TraceRunsOptions = {}): void => { traced({ items: true, ...options }) }
const one = (name: string): ReadableSpan => {
  expect(spansOf(name)).toHaveLength(1)
  return spansOf(name)[0] as ReadableSpan
}
const parents = (spans: readonly ReadableSpan[]): unknown[] => [...new Set(spans.map((span) => span.parentSpanContext?.spanId))]
const turn = (ms = 1): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

describe('A33: the spans of items', () => {
  it('are one for each call, children of the run, with stage, site and attempt, active in the call; also where calls run side by side', async () => {
    tracing({ attributes: { tenant: 'a' } })
    await range(0, 20).pipe(mapAsync(async (n) => { await turn(n % 3); tracer.startSpan(`inside ${n}`).end(); return n }, { concurrency: 7, name: 'load' }))
      .to(forEach(() => {}, { name: 'store' })).run({ name: 'orders' })
    const run = one('run orders')
    const loads = spansOf('item load')
    expect(loads).toHaveLength(20)
    expect(spansOf('item store')).toHaveLength(20)
    expect(parents([...loads, ...spansOf('item store')])).toEqual([run.spanContext().spanId])
    expect(loads[0]?.attributes).toMatchObject({ 'sluice.stage': 'load', 'sluice.stage.kind': 'operator', 'sluice.attempt': 1, 'sluice.stage.site': expect.stringContaining('item-spans.test.ts:') as string, 'tenant': 'a' })
    // Each of them has its own child: no call sees the span of another one.
    const ids = new Set(loads.map((span) => span.spanContext().spanId))
    const children = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('inside'))
    expect(new Set(children.map((span) => span.parentSpanContext?.spanId))).toEqual(ids)
    expect(run.attributes).toMatchObject({ 'sluice.run.item_spans': 40, 'sluice.run.items_without_span': 0 })
  })

  it('are one for a batch behind a batch, and none where they are not asked for', async () => {
    tracing({ items: { stages: ['write'] } })
    await range(0, 10).pipe(mapAsync(async (n) => n, { concurrency: 1, name: 'load' }), batch(5), mapAsync(async (rows) => rows.length, { concurrency: 1, name: 'write' })).to(drain()).run({ name: 'r' })
    expect(spansOf('item write')).toHaveLength(2)
    expect(spansOf('item load')).toHaveLength(0)
    for (const end of ends.splice(0)) end()
    exporter.reset()
    tracing({ items: false })
    await range(0, 3).pipe(mapAsync(async (n) => n, { concurrency: 1 })).to(forEach(() => {})).run({ name: 'plain' })
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['run plain'])
  })

  it.each([
    ['plain', {}], ['with a limit', { limit: new Limit({ concurrency: 2 }) }], ['with a time limit', { timeoutMs: 5000 }],
  ])('are one for each try, and have the error of a try that failed: %s', async (_name, options) => {
    tracing({ tellItem: Number })
    const flaky = async (n: number, { attempt }: { readonly attempt: number }): Promise<number> => {
      await turn(0)
      if (n === 2 && attempt < 3) throw new RangeError(`no ${attempt}`)
      return n
    }
    expect(await range(0, 4).pipe(mapAsync(flaky, { ...options, concurrency: 2, name: 'call', onError: retry({ times: 5, delayMs: 1 }) })).to(toArray()).run()).toEqual([0, 1, 2, 3])
    const tries = spansOf('item call').filter(({ attributes }) => attributes['sluice.item'] === 2)
    expect(tries.map(({ attributes, status }) => [attributes['sluice.attempt'], status.code, status.message])).toEqual([[1, SpanStatusCode.ERROR, 'no 1'], [2, SpanStatusCode.ERROR, 'no 2'], [3, SpanStatusCode.UNSET, undefined]])
    expect(tries[0]?.events.map(({ name }) => name)).toEqual(['exception'])
    expect(tries[0]?.attributes['error.type']).toBe('RangeError')
    expect(spansOf('item call').filter(({ status }) => status.code === SpanStatusCode.ERROR)).toHaveLength(2)
  })

  it('say what a call was: thrown at once, skipped, or the one on which the run has failed', async () => {
    tracing()
    await range(0, 3).to(forEach((n) => { if (n === 1) throw new Error('bad') }, { name: 'sync', onError: 'skip' })).run()
    expect(spansOf('item sync').map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR, SpanStatusCode.UNSET])
    const failing = range(0, 3).pipe(mapAsyncKeyed((n) => n, async (n) => { if (n === 1) throw new Error('bad'); return n }, { concurrency: 1, name: 'keyed' })).to(drain()).run({ name: 'lost' })
    await expect(failing).rejects.toThrow('bad')
    expect(spansOf('item keyed').map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR])
    expect(one('run lost').status.code).toBe(SpanStatusCode.ERROR)
  })

  it('end with the run: of a run that is aborted those that were cut off, and those that never come back, with no error', async () => {
    tracing()
    let begun = 0
    const run = range(0, 4).pipe(mapAsync((n, { signal }) => new Promise<number>((_resolve, reject) => {
      begun++
      if (n % 2 === 0) signal.addEventListener('abort', () => { reject(signal.reason as Error) })
    }), { concurrency: 4, name: 'hang' })).to(drain()).run({ name: 'gone', closeDeadlineMs: 20 })
    while (begun < 4) await turn()
    await run.abort()
    const hung = spansOf('item hang')
    expect(hung).toHaveLength(4)
    expect(hung.map(({ attributes }) => attributes['sluice.item.outcome']).sort()).toEqual(['cut off', 'cut off', 'left behind', 'left behind'])
    expect(hung.map(({ status }) => status.code)).toEqual(Array(4).fill(SpanStatusCode.UNSET))
    const order = exporter.getFinishedSpans().map(({ name }) => name)
    expect(order.at(-1)).toBe('run gone')
  })

  it('are children of the trace of the put, with a link to the run that reads; of two runs side by side each has its own', async () => {
    tracing()
    const queues = [new BoundedQueue<number>({ capacity: 4 }), new BoundedQueue<number>({ capacity: 4 })]
    const runs = queues.map((queue, index) => from(queue).pipe(mapAsync(async () => { await turn() }, { concurrency: 2, name: `call ${index}` })).to(drain()).run({ name: `r${index}` }))
    await tracer.startActiveSpan('request', async (request) => {
      for (const queue of queues) await queue.put(1)
      request.end()
    })
    for (const queue of queues) { await queue.put(2); queue.close() }
    await Promise.all(runs)
    const request = one('request').spanContext()
    for (const index of [0, 1]) {
      const run = one(`run r${index}`).spanContext()
      const [first, second] = [...spansOf(`item call ${index}`)].sort((a, b) => b.links.length - a.links.length)
      expect(first?.parentSpanContext?.spanId).toBe(request.spanId)
      expect(first?.links.map((link) => link.context.spanId)).toEqual([run.spanId])
      expect(second?.parentSpanContext?.spanId).toBe(run.spanId)
      expect(second?.links).toEqual([])
    }
  })

  it('are bounded in number: so many in a second, or a share of them; what is left out is counted in the span of the run', async () => {
    tracing({ items: { perSecond: 10 } })
    await range(0, 5000).to(forEach(() => {}, { name: 'many' })).run({ name: 'big' })
    const { length } = spansOf('item many')
    expect(length).toBeGreaterThanOrEqual(10)
    expect(length).toBeLessThan(60)
    expect(one('run big').attributes).toMatchObject({ 'sluice.run.item_spans': length, 'sluice.run.items_without_span': 5000 - length })
    for (const end of ends.splice(0)) end()
    exporter.reset()
    tracing({ items: { sample: 0.1, perSecond: 100_000 } })
    await range(0, 5000).to(forEach(() => {}, { name: 'some' })).run()
    expect(spansOf('item some').length).toBeGreaterThan(350)
    expect(spansOf('item some').length).toBeLessThan(650)
  })

  it('change nothing: a thenable is asked once, what a call answers is handed on, and a tellItem that throws fails no call', async () => {
    const heard: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (error) => heard.push(error))
    let asked = 0
    tracing({ tellItem: () => { throw new Error('tool') } })
    const lazy = (n: number): PromiseLike<number> => ({ then: (done) => { asked++; return Promise.resolve(n * 2).then(done) } })
    expect(await range(0, 3).pipe(map((n) => n + 1), mapAsync(lazy, { concurrency: 2 })).to(toArray()).run()).toEqual([2, 4, 6])
    await turn(5)
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
    expect(asked).toBe(3)
    expect(heard.map((error) => (error as Error).message)).toEqual(['tool', 'tool', 'tool'])
    expect(trace.getSpan(context.active())).toBeUndefined()
  })

  it.each([[{ sample: 2 }, 'items.sample'], [{ perSecond: 0 }, 'items.perSecond'], [{ stages: 'a' }, 'items.stages'], [{ rate: 1 }, 'items.rate'], [5, 'items']])('options that cannot work are refused by name: %o', (items, told) => {
    expect(() => traceRuns({ tracer, items: items as never })).toThrow(`traceRuns: ${told} must be`)
  })
})
