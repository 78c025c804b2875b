import { expect, it } from 'vitest'
import { count, from, range, retry, toArray } from '@sluice/core'
import { mapWorkers, type MapWorkersOptions, type WorkerLike } from '@sluice/adapters/workers'

// In a browser, with Web Workers: run by vitest.browser.config.ts.
type Web = typeof import('../../test/workers/web.worker').worker
type WebOrder = Parameters<Web>[0]
declare const Worker: new (script: URL, options: object) => WorkerLike

let made = 0
const make = (): WorkerLike => {
  made++
  return new Worker(new URL('../../test/workers/web.worker.ts', import.meta.url), { type: 'module' })
}
const onWorkers = (options: MapWorkersOptions<WebOrder>) => mapWorkers<Web>(make, { threads: 2, batch: 4, ...options })
const around = (bad: WebOrder) => from<WebOrder>([...Array.from({ length: 10 }, (_, i) => i), bad, ...Array.from({ length: 10 }, (_, i) => 10 + i)])
const ALL = Array.from({ length: 20 }, (_, i) => i * 2)

it('runs the function on Web Workers, in order and by credits', async () => {
  made = 0
  expect(await range(0, 5000).pipe(onWorkers({})).to(toArray()).run()).toEqual(Array.from({ length: 5000 }, (_, i) => i * 2))
  expect(made).toBe(2)
})

it('starts the worker from its address', async () => {
  const script = new URL('../../test/workers/web.worker.ts', import.meta.url)
  expect(await range(0, 10).pipe(mapWorkers<Web>(script, { threads: 1 })).to(count()).run()).toBe(10)
})

it.each([
  ['throws', 'throw', {}, { name: 'RangeError', message: 'bad luck' }],
  ['closes its worker', 'close', {}, { name: 'ThreadError', kind: 'exited' }],
  ['leaves an error uncaught', 'throw later', {}, { name: 'ThreadError', kind: 'exited', message: expect.stringContaining('nobody catches this') as string }],
  ['hangs', 'hang', { timeoutMs: 300 }, { name: 'TimeoutError' }],
  ['returns what cannot be cloned', 'a function', {}, { name: 'ThreadError', kind: 'result' }],
] satisfies [string, WebOrder, object, object][])('an item that %s is left out, tried again or fails the run, and no other is lost', async (_, bad, options, error) => {
  expect(await around(bad).pipe(onWorkers({ ...options, onError: 'skip' })).to(toArray()).run()).toEqual(ALL)
  expect(await around(bad).pipe(onWorkers({ ...options, onError: retry({ times: 1, delayMs: 0, then: 'skip' }) })).to(toArray()).run()).toEqual(ALL)
  const run = around(bad).pipe(onWorkers(options)).to(toArray()).run()
  await expect(run).rejects.toMatchObject(error)
  expect(run.failure?.item).toBe(bad)
})

it('an abort reaches the function', async () => {
  const channel = new BroadcastChannel('sluice-test')
  const told = new Promise((resolve) => { channel.addEventListener('message', (event) => { resolve((event as unknown as { data: unknown }).data) }) })
  const run = from<WebOrder>([1, 'wait for abort']).pipe(onWorkers({ threads: 1, batch: 1 })).to({ open: () => ({ write() { void run.abort(new Error('enough')) }, end() {} }) }).run()
  await expect(run).rejects.toThrow('enough')
  expect(await told).toBe('enough')
  channel.close()
})

it('a script that is not there fails the run', async () => {
  const script = new URL('./no-such.worker.js', import.meta.url)
  await expect(range(0, 3).pipe(mapWorkers(script, { threads: 1, startTimeoutMs: 5000 })).to(count()).run()).rejects.toMatchObject({ kind: 'start' })
})
