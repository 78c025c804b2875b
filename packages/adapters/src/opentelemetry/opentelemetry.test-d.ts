import { trace } from '@opentelemetry/api'
import { expectTypeOf, test } from 'vitest'
import { drain, from, type Run } from '@sluice/core'
import { meterRuns, traceRuns, withinTrace } from './index'

const pipeline = from([1]).to(drain())

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('runs are traced, with their items where that is asked for', () => {
  expectTypeOf(traceRuns()).toEqualTypeOf<() => void>()
  neverCalled(() => {
    traceRuns({ items: true })
    traceRuns({ items: { sample: 0.1, perSecond: 20, stages: ['load'] }, run: pipeline.run(), tracer: trace.getTracer('mine') })
    traceRuns({ runName: (run) => { expectTypeOf(run).toEqualTypeOf<Run<unknown>>(); return 'job' }, tellItem: (item) => { expectTypeOf(item).toBeUnknown(); return 1 } })
    // @ts-expect-error which stages is a list
    traceRuns({ items: { stages: 'load' } })
    // @ts-expect-error no such option
    traceRuns({ items: { share: 0.1 } })
    // @ts-expect-error an attribute of a span is no object
    traceRuns({ tellItem: (item) => ({ item }) })
    // @ts-expect-error a pipeline has not begun
    traceRuns({ run: pipeline })
  })
})

test('runs are metered, and the work in a thread answers what it answers', () => {
  neverCalled(() => {
    expectTypeOf(meterRuns({ maxSeries: 5 })).toEqualTypeOf<() => void>()
    // @ts-expect-error a name is a text
    meterRuns({ runName: (run) => run })
  })
  expectTypeOf(withinTrace({ traceparent: '' }, async () => 1)).toEqualTypeOf<Promise<number>>()
})
