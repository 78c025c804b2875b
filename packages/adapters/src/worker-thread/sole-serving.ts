import { Serving } from './serving'
import type { ThreadPort } from './thread-port'
import type { WorkerContext } from './item-context'

type Transfer = ((result: unknown) => readonly object[]) | undefined

/** Where the thread keeps whoever serves it: also for another copy of this library, which would listen to the same port. */
const KEY = Symbol.for('@sluice/adapters/worker-thread: serving')

/** What another copy needs of it. */
interface Served {
  refuse(error: Error): void
}

/**
 * Lets a function serve the thread. There can be one: two would both answer each item, and their results would be mixed. A
 * second one is told to the first, which refuses to work.
 */
export function serve(port: ThreadPort, work: (item: unknown, context: WorkerContext) => unknown, transfer: Transfer): void {
  const thread = globalThis as { [KEY]?: Served }
  const served = thread[KEY]
  if (served === undefined) thread[KEY] = new Serving(port, work, transfer)
  else served.refuse(Object.assign(new Error('defineWorker was called twice in one thread: a script has one worker. Does it import a module that defines one of its own?'), { code: 'SLUICE_ARGUMENT' }))
}
