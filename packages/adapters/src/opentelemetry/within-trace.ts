import { context, propagation } from '@opentelemetry/api'

/** The active trace as texts, by the propagator of the process: `traceparent` of W3C trace context, and what else it tells. */
export function injectTrace(): Readonly<Record<string, string>> | undefined {
  const carried: Record<string, string> = {}
  propagation.inject(context.active(), carried)
  return carried
}

/**
 * Calls a function in the trace that came as texts: for the script of `mapWorkers`, so that the trace of an item goes on in its thread.
 *
 * With `traceRuns()` on the thread of the run, each item is sent with `traceparent` of W3C trace context. The thread has an SDK of its own, with a context
 * manager and the same propagator; without them the function is called all the same. What is kept in an `AsyncLocalStorage` on the thread of the run does
 * not get here: its values cannot cross threads.
 *
 * @param carried as `context.carried` of a worker has it.
 * @param work called at once and once.
 * @returns what `work` answers.
 *
 * @example
 * ```ts
 * // resize.worker.ts
 * import { withinTrace } from '@sluice/adapters/opentelemetry'
 * import { defineWorker } from '@sluice/adapters/worker-thread'
 *
 * export const worker = defineWorker((n: number) => n * n, { within: withinTrace })
 * ```
 */
export function withinTrace<R>(carried: Readonly<Record<string, string>>, work: () => R): R {
  return context.with(propagation.extract(context.active(), carried), work)
}
