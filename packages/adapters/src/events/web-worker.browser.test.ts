import { expect, it } from 'vitest'
import { count, from, toArray } from '@sluice/core'
import { fromMessagePort, toMessagePort } from '@sluice/adapters/events'
import { take } from '@sluice/operators'
import { listenerCount } from '../../../../test/listener-count'

const ALL = { capacity: 1000, overflow: 'fail' } as const

/** As pages have it; the types of Node know no such thing. */
interface WebWorker extends EventTarget {
  postMessage(message: unknown): void
  terminate(): void
}
const { Worker } = globalThis as unknown as { readonly Worker: new (url: string) => WebWorker }

function workerOf(code: string): WebWorker {
  return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
}

it('A1: a Web Worker is a port too', async () => {
  const worker = workerOf('onmessage = ({ data }) => postMessage(data * 2)')
  const run = fromMessagePort<number>(worker, ALL).pipe(take(3)).to(toArray()).run()
  await from([1, 2, 3]).to(toMessagePort(worker)).run()
  expect(await run).toEqual([2, 4, 6])
  expect(listenerCount(worker, 'message', 'messageerror', 'error')).toBe(0)
  worker.terminate()
})

it('A3: an error that a Web Worker does not catch fails the source', async () => {
  const worker = workerOf(`postMessage(1); throw new RangeError('boom')`)
  const run = fromMessagePort(worker, ALL).to(count()).run()
  await expect(run).rejects.toThrow('boom')
  worker.terminate()
})
