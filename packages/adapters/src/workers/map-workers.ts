import { type Operator } from '@sluice/core'
import { asyncOperator, CallStage, described } from '@sluice/core/authoring'
import type { AnyWorker, WorkerInput, WorkerOutput } from '../worker-thread/define-worker'
import { Crew } from './crew'
import type { WorkerScript } from './worker-link'
import { checkWorkerOptions, MAP_WORKERS, type MapWorkersOptions } from './worker-options'

export type { MapWorkersOptions } from './worker-options'

/**
 * Turns each value into the result of a function that runs on other threads: worker threads in Node, Web Workers in
 * browsers. The script calls `defineWorker` of `@sluice/adapters/worker-thread`.
 *
 * - **emits** the results in the order of the items; as they come with `ordered: false`
 * - **holds back** by credits: a thread has at most `capacity` items, and gives a credit back with every result
 * - **completes** when the source has completed and the last result is out; the threads are ended
 * - **buffers** at most `threads * capacity` items on threads, and as many that are finished or wait to be tried again
 * - **on failure** of an item as `onError` says: what the function throws (with its stack there), a `TimeoutError`, a
 *   `ThreadError` where the thread has exited or the item or its result cannot be sent. A thread that is gone is replaced;
 *   what else it had is done again, so an item may be begun more than once. A script that does not start fails the run
 * - **on abort** the function is told through `signal`; a thread that is not through after `graceMs` is ended. The run waits
 *
 * Threads are started when there is something for them to do, and belong to one run.
 *
 * @param script the address of the script, `new URL('./resize.worker.js', import.meta.url)`; or a function that makes a
 * worker, as bundlers want it: `() => new Worker(new URL('./resize.worker.ts', import.meta.url), { type: 'module' })`.
 * @param options `threads` (default: as many as can run at once), `batch` (default 16), `capacity` (default `2 * batch`),
 * `ordered` (default true), `timeoutMs`, `transfer`, `onError`, `worker`, `startTimeoutMs`, `graceMs`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * // square.worker.ts: export const worker = defineWorker((n: number) => n * n)
 * const square = mapWorkers<typeof import('./square.worker').worker>(new URL('./square.worker.js', import.meta.url), { threads: 2 })
 * await from([1, 2, 3]).pipe(square).to(toArray()).run() // [1, 4, 9]
 * ```
 */
export function mapWorkers<A, B>(script: WorkerScript, options?: MapWorkersOptions<A>): Operator<A, B>
export function mapWorkers<W extends AnyWorker>(script: WorkerScript, options?: MapWorkersOptions<WorkerInput<W>>): Operator<WorkerInput<W>, WorkerOutput<W>>
export function mapWorkers<A, B>(script: WorkerScript, options: MapWorkersOptions<A> = {}): Operator<A, B> {
  const checked = checkWorkerOptions(script, options)
  return described(MAP_WORKERS, checked, asyncOperator<A, B>(checked.name, (upstream, stage) => new CallStage<A, B>(upstream, stage, {
    emits: 'result', order: checked.ordered ? 'entered' : 'settled', tells: 'of failures', onError: checked.onError,
    maker: (calls, wake) => new Crew(calls, stage, wake, checked),
  })))
}
