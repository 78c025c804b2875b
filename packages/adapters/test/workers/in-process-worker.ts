import { Serving } from '../../src/worker-thread/serving'
import type { WorkerContext } from '../../src/worker-thread/item-context'
import type { WorkerLike } from '../../src/workers/worker-link'

type Listener = (event: { readonly data: unknown }) => void

/**
 * A worker that is no thread: the thread's half runs here, and messages are copied and come a microtask later. So laws that
 * need virtual time and chosen interleavings can be put to the stage.
 */
export function inProcessWorker(work: (item: unknown, context: WorkerContext) => unknown): () => WorkerLike {
  return () => {
    const listeners: Listener[] = []
    let onMessage: ((message: never) => void) | undefined
    let open = true
    const later = (deliver: () => void): void => { queueMicrotask(() => { if (open) deliver() }) }
    new Serving({
      post(message, transfer) {
        const data = structuredClone(message, { transfer: transfer as never })
        later(() => { for (const listener of listeners) listener({ data }) })
      },
      listen(listener) { onMessage = listener },
    }, work, undefined)
    return {
      postMessage(message: unknown, transfer: never) {
        const data = structuredClone(message, { transfer })
        later(() => { onMessage?.(data as never) })
      },
      addEventListener(type: string, listener: Listener) { if (type === 'message') listeners.push(listener) },
      terminate() { open = false },
    } as WorkerLike
  }
}
