import { OptionError, type StageOptions } from '@sluice/core'
import { anything, decision, declare, maybeFn, ms, rule, whole, wholeNumber, yesNo } from '@sluice/core/authoring'
import { checkThreads, type ThreadsByLoad, type ThreadsLike } from './threads'
import type { WorkerScript } from './worker-link'

/** How they are declared. */
export const MAP_WORKERS = /* @__PURE__ */ declare('mapWorkers', () => ({
  args: { script: rule<WorkerScript>('a URL, a path or a function that makes a worker', (value) => typeof value === 'function' || typeof value === 'string' || value instanceof URL) },
  options: {
    threads: anything, batch: whole().maybe(), capacity: whole().maybe(), ordered: yesNo().or(true), timeoutMs: ms().maybe(), transfer: maybeFn,
    worker: rule<object>('options for the constructor of the workers', (value) => typeof value === 'object' && value !== null).maybe(),
    startTimeoutMs: ms().or(10_000), graceMs: ms().or(500), onError: decision,
  },
}), ({ ordered }) => ({ order: ordered ? 'kept' : 'changed' }))

/** Options of `mapWorkers`. */
export interface MapWorkersOptions<A> extends StageOptions<A> {
  /**
   * How many threads: a number; `{ min, max }` to have as many as there is work for; or a `Threads`, whose number you
   * change while it runs. Default: as many as the machine can run at once.
   */
  readonly threads?: number | ThreadsByLoad | ThreadsLike | undefined
  /** Items that go to a thread in one message at most; what is there is never kept waiting for more. Default 16. */
  readonly batch?: number | undefined
  /** Items a thread may have at once, waiting there or being dealt with. Default: two messages full, `2 * batch`. */
  readonly capacity?: number | undefined
  /** Results in the order of the items (default), or as they come. */
  readonly ordered?: boolean | undefined
  /** An item that takes longer has failed with a TimeoutError; a thread that does not come back is ended. In ms; default: none. */
  readonly timeoutMs?: number | undefined
  /** What of an item is handed over instead of being copied: ArrayBuffers, MessagePorts, ImageBitmaps. Default: nothing. */
  readonly transfer?: ((item: A) => readonly object[]) | undefined
  /** For the constructor of the workers: `resourceLimits`, `env`, `name` and so on. Not with a function that makes them. */
  readonly worker?: object | undefined
  /** How long a thread may take to load its script, in ms. Default 10,000. */
  readonly startTimeoutMs?: number | undefined
  /** How long, after an abort, a thread may go on with the item it is at before it is ended, in ms. Default 500. */
  readonly graceMs?: number | undefined
}

/** The options with defaults filled in. */
export interface CheckedWorkerOptions<A> extends StageOptions<A> {
  readonly name: string
  readonly script: WorkerScript
  readonly threads: number | Required<ThreadsByLoad> | ThreadsLike
  readonly batch: number
  readonly capacity: number
  readonly ordered: boolean
  readonly timeoutMs: number | undefined
  readonly transfer: ((item: A) => readonly object[]) | undefined
  readonly worker: object
  readonly startTimeoutMs: number
  readonly graceMs: number
}

/** Checks the options when the pipeline is built. */
export function checkWorkerOptions<A>(script: WorkerScript, options: MapWorkersOptions<A>) {
  const given = MAP_WORKERS.read(options, { script })
  const { capacity, worker } = given
  if (worker !== undefined && typeof script === 'function') {
    throw new OptionError('mapWorkers', 'worker', worker, 'left out where a function makes the workers')
  }
  const batch = given.batch ?? (capacity === undefined ? 16 : Math.min(16, capacity))
  return {
    ...given, script, batch,
    threads: checkThreads('mapWorkers', options.threads),
    // Fewer than a message would make the option `batch` a lie.
    capacity: wholeNumber('mapWorkers', 'capacity', capacity ?? 2 * batch, batch),
    worker: worker ?? {},
  } satisfies CheckedWorkerOptions<A>
}
