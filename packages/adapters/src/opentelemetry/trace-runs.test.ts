import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { BoundedQueue, drain, from, never } from '@sluice/core'
import { map, mapAsync, tap } from '@sluice/operators'
import { traceRuns } from '@sluice/adapters/opentelemetry'
import { tracingTests } from '../../test/finished-spans'

const { exporter, tracer, tracing } = tracingTests()

const spanOf = (name: string): ReadableSpan => {
  const found = exporter.getFinishedSpans().filter((span) => span.name === name)
  expect(found.map((span) => span.name)).toEqual([name])
  return found[0] as ReadableSpan
}

describe('A31: the span of a run', () => {
  it('lasts as long as the run, says what became of it, and is a child of what was active at run()', async () => {
    tracing({ attributes: { tenant: 'a' } })
    await tracer.startActiveSpan('caller', async (caller) => {
      await from([1, 2, 3]).to(drain()).run({ name: 'orders' })
      caller.end()
    })
    const span = spanOf('run orders')
    expect(span.parentSpanContext?.spanId).toBe(spanOf('caller').spanContext().spanId)
    expect(span.attributes).toMatchObject({ 'sluice.run': 'orders', 'sluice.run.status': 'completed', 'sluice.run.read': 3, 'sluice.run.delivered': 3, 'tenant': 'a' })
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('has the error of a run that failed, with its stage, and nothing of the item', async () => {
    tracing()
    const run = from([{ secret: 'hunter2' }]).pipe(map(() => { throw new RangeError('too far') }, { name: 'parse' })).to(drain()).run({ name: 'bad' })
    await expect(run).rejects.toThrow('too far')
    const span = spanOf('run bad')
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' })
    expect(span.attributes).toMatchObject({ 'sluice.run.status': 'failed', 'sluice.stage': 'parse', 'sluice.stage.position': 1, 'sluice.attempt': 1, 'error.type': 'RangeError' })
    expect(span.events.map(({ name, attributes }) => [name, attributes?.['exception.message']])).toEqual([['exception', 'too far']])
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain('hunter2')
  })

  it('has the item where tellItem says how, and the status of a run that was aborted', async () => {
    tracing({ tellItem: (item) => (item as { readonly id: number }).id })
    await expect(from([{ id: 7 }]).pipe(map(() => { throw new Error('no') })).to(drain()).run({ name: 'asked' })).rejects.toThrow('no')
    expect(spanOf('run asked').attributes['sluice.item']).toBe(7)
    await never().to(drain()).run({ name: 'gone' }).abort()
    expect(spanOf('run gone').attributes['sluice.run.status']).toBe('aborted')
    expect(spanOf('run gone').status.code).toBe(SpanStatusCode.UNSET)
  })

  it('is the active one in the functions of its own stages, also behind an await, with another run beside it', async () => {
    tracing()
    const queues = [new BoundedQueue<number>({ capacity: 4 }), new BoundedQueue<number>({ capacity: 4 })]
    const runs = queues.map((queue, index) => from(queue)
      .pipe(tap(() => { tracer.startSpan(`sync ${index}`).end() }), mapAsync(async () => { await Promise.resolve(); tracer.startSpan(`async ${index}`).end() }, { concurrency: 2 }))
      .to(drain()).run({ name: `r${index}` }))
    for (let i = 0; i < 3; i++) for (const queue of queues) await queue.put(i)
    for (const queue of queues) queue.close()
    await Promise.all(runs)
    for (const index of [0, 1]) {
      const parent = spanOf(`run r${index}`).spanContext().spanId
      const children = exporter.getFinishedSpans().filter(({ name }) => name === `sync ${index}` || name === `async ${index}`)
      expect(children).toHaveLength(6)
      expect(new Set(children.map((span) => span.parentSpanContext?.spanId))).toEqual(new Set([parent]))
    }
  })

  it('is that of one run where one is given; no run that begins after the end has one', async () => {
    const run = from([1]).to(drain()).run({ name: 'only' })
    traceRuns({ tracer, run })()
    await run
    const end = traceRuns({ tracer })
    end()
    end()
    await from([1]).to(drain()).run({ name: 'after' })
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['run only'])
    expect(trace.getSpan(context.active())).toBeUndefined()
  })
})
