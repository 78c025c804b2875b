import type { WorkerContext } from './item-context'
import { serve } from './sole-serving'
import { threadPort } from './thread-port'

/** The function of a worker, with the types of what goes in and comes out. It can be called directly, in a test for instance. */
export type WorkerFunction<A, B> = (item: A, context: WorkerContext) => B | PromiseLike<B>

/** Any {@link WorkerFunction}. */
export type AnyWorker = (item: never, context: WorkerContext) => unknown

/** What a worker takes. */
export type WorkerInput<W extends AnyWorker> = Parameters<W>[0]

/** What a worker makes of it. */
export type WorkerOutput<W extends AnyWorker> = Awaited<ReturnType<W>>

/** Options of {@link defineWorker}. */
export interface DefineWorkerOptions<B> {
  /** What of a result is handed over instead of being copied: ArrayBuffers, MessagePorts, ImageBitmaps. Default: nothing. */
  readonly transfer?: ((result: B) => readonly object[]) | undefined
  /**
   * Calls the function of an item in the context that came with the item as texts, and answers what that answers; `withinTrace` of
   * `@sluice/adapters/opentelemetry` is one. Not called for items without. Default: the function finds the texts in `context.carried`.
   */
  readonly within?: CalledWithin | undefined
}

/** Calls `work`, at once and once, in the context that `carried` stands for; answers what it answers, throws what it throws. */
export type CalledWithin = (carried: Readonly<Record<string, string>>, work: () => unknown) => unknown

/**
 * Makes a script the worker of `mapWorkers`: its function is called for each item, one after the other.
 *
 * Export what it answers, so that `mapWorkers<typeof import('./resize.worker').worker>(…)` knows the types. Outside of a
 * worker it does nothing else, so that a test may import the script and call the function.
 *
 * - **on failure** what the function throws comes out at the stage, with the stack it has here, and `onError` decides
 * - **on abort** `context.signal` tells a function that waits; items that have not begun are not begun any more
 *
 * A script has one worker. Called twice in a thread, as by a script and a module that it imports, it fails the start of that
 * thread, and so the run, with a ThreadError.
 *
 * @param work gets the item and `{ signal, attempt, carried }`; may be asynchronous. While it is, no other item of this thread begins.
 * @param options `transfer`, `within`.
 * @throws TypeError where `work` or `within` is no function.
 *
 * @example
 * ```ts
 * // square.worker.ts
 * export const worker = defineWorker((n: number) => n * n)
 * ```
 */
export function defineWorker<W extends AnyWorker>(work: W, options: DefineWorkerOptions<WorkerOutput<W>> = {}): W {
  if (typeof work !== 'function') throw Object.assign(new TypeError('defineWorker: work must be a function'), { code: 'SLUICE_ARGUMENT' })
  const { within } = options
  if (within !== undefined && typeof within !== 'function') throw Object.assign(new TypeError('defineWorker: within must be a function'), { code: 'SLUICE_ARGUMENT' })
  const port = threadPort()
  if (port) serve(port, inItsContext(work as unknown as WorkerFunction<unknown, unknown>, within), options.transfer as ((result: unknown) => readonly object[]) | undefined)
  return work
}

/** The function, called in the context of its item. A `within` that fails before it has called is left out: a tool fails no item. */
function inItsContext(work: WorkerFunction<unknown, unknown>, within: CalledWithin | undefined): WorkerFunction<unknown, unknown> {
  if (within === undefined) return work
  return (item, context) => {
    const { carried } = context
    if (carried === undefined) return work(item, context)
    const call = { wasMade: false }
    try {
      return within(carried, () => {
        call.wasMade = true
        return work(item, context)
      })
    } catch (error) {
      if (call.wasMade) throw error
      return work(item, context)
    }
  }
}
