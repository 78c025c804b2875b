import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { traceRuns, type TraceRunsOptions } from '@sluice/adapters/opentelemetry'

/** A real tracer for one file of tests, with contexts that follow promises. What has been seen is forgotten after each test, and nothing is traced any more. */
export function tracingTests() {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const manager = new AsyncLocalStorageContextManager()
  const tracer = provider.getTracer('test')
  const ends: (() => void)[] = []
  beforeAll(() => { context.setGlobalContextManager(manager.enable()) })
  afterAll(async () => {
    context.disable()
    await provider.shutdown()
  })
  afterEach(() => {
    for (const end of ends.splice(0)) end()
    exporter.reset()
  })
  return {
    exporter, tracer, ends,
    tracing: (options: TraceRunsOptions = {}): void => { ends.push(traceRuns({ tracer, ...options })) },
    spansOf: (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name),
  }
}
