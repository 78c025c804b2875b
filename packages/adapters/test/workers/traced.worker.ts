import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { withinTrace } from '@sluice/adapters/opentelemetry'
import { defineWorker } from '@sluice/adapters/worker-thread'
import { traceContext } from './trace-context'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(traceContext)

/** In which trace the function of an item is called, on its thread, behind an await. */
export const worker = defineWorker(async (n: number, { attempt }): Promise<readonly [number, string | undefined]> => {
  await new Promise((resolve) => { setTimeout(resolve, 1) })
  if (n === 2 && attempt === 1) throw new Error('again')
  return [n, trace.getSpanContext(context.active())?.spanId]
}, { within: withinTrace })
