import type { MessagePort as NodePort } from 'node:worker_threads'
import { isOurs, type FromThread, type ToThread } from './protocol'

/** A thread's way to the stage it works for. */
export interface ThreadPort {
  /** Throws where something in the message cannot be cloned. */
  post(message: FromThread, transfer?: readonly object[]): void
  listen(onMessage: (message: ToThread) => void): void
}

/** The globals of a Web Worker that are used here. */
interface WorkerGlobals {
  postMessage(message: unknown, transfer?: readonly object[]): void
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void
  close(): void
}

/** The port of the thread this runs in; undefined where it is no worker. */
export function threadPort(): ThreadPort | undefined {
  // Not an import: a bundle for browsers would stumble over it, and one build has to do for all.
  const process = (globalThis as { readonly process?: { readonly getBuiltinModule?: (id: string) => unknown } }).process
  const threads = process?.getBuiltinModule?.('node:worker_threads') as { readonly parentPort: NodePort | null } | undefined
  if (threads) return threads.parentPort ? nodePort(threads.parentPort) : undefined
  const { WorkerGlobalScope } = globalThis as { readonly WorkerGlobalScope?: abstract new () => object }
  return WorkerGlobalScope !== undefined && globalThis instanceof WorkerGlobalScope ? webPort(globalThis as unknown as WorkerGlobals) : undefined
}

function nodePort(port: NodePort): ThreadPort {
  return {
    post: (message, transfer) => { port.postMessage(message, transfer as never) },
    listen(onMessage) {
      port.on('message', (message: unknown) => { if (isOurs(message)) onMessage(message as ToThread) })
      port.on('messageerror', () => { port.postMessage({ sluice: 'unreadable' } satisfies FromThread) })
    },
  }
}

function webPort(globals: WorkerGlobals): ThreadPort {
  const post = (message: FromThread, transfer: readonly object[] = []): void => { globals.postMessage(message, transfer) }
  return {
    post,
    listen(onMessage) {
      globals.addEventListener('message', ({ data }) => { if (isOurs(data)) onMessage(data as ToThread) })
      globals.addEventListener('messageerror', () => { post({ sluice: 'unreadable' }) })
      // Nobody else would tell that a Web Worker has closed itself.
      const close = globals.close.bind(globals)
      globals.close = () => {
        post({ sluice: 'leaving' })
        close()
      }
      // What was sent before a script that awaits something at its top got here is lost in browsers: it is asked for again.
      post({ sluice: 'hello' })
    },
  }
}
