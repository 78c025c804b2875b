import { defineWorker } from '@sluice/adapters/worker-thread'

/** What a test wants of a Web Worker. */
export type WebOrder = 'close' | 'throw' | 'throw later' | 'hang' | 'a function' | 'wait for abort' | number

export const worker = defineWorker(async (order: WebOrder, { signal }): Promise<unknown> => {
  switch (order) {
    case 'close':
      ;(globalThis as unknown as { close(): void }).close()
      return new Promise(() => {})
    case 'throw': throw new RangeError('bad luck')
    case 'throw later':
      setTimeout(() => { throw new Error('nobody catches this') }, 1)
      return new Promise(() => {})
    case 'hang': for (;;) Math.random()
    case 'a function': return () => {}
    case 'wait for abort':
      await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) })
      new BroadcastChannel('sluice-test').postMessage((signal.reason as Error).message)
      return 'aborted'
    default: return order * 2
  }
})
