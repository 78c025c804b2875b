import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { count, from, toArray } from '@sluice/core'
import { fromMessagePort, toMessagePort } from '@sluice/adapters/events'
import { manualSource, settle } from '@sluice/testing'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')
const NAMES = ['message', 'messageerror', 'error', 'close', 'exit']

const listeners = (worker: Worker): number => NAMES.reduce((sum, name) => sum + worker.listenerCount(name), 0)

it('A1: a Worker is one too, and its exit completes the source', async () => {
  const worker = new Worker(`const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (n) => { if (n === 0) parentPort.close(); else parentPort.postMessage(n * 2) })`, { eval: true })
  const run = fromMessagePort<number>(worker, ALL).to(toArray()).run()
  await from([1, 2, 0]).to(toMessagePort(worker)).run()
  expect(await run).toEqual([2, 4])
  expect(listeners(worker)).toBe(0)
})

it('A3: an error in a Worker fails the source, after what it sent', async () => {
  const worker = new Worker(`require('node:worker_threads').parentPort.postMessage(1); throw new RangeError('boom')`, { eval: true })
  const seen: unknown[] = []
  const run = fromMessagePort(worker, { ...ALL, onHigh: () => {} }).to({ open: () => ({ write(values) { seen.push(values[0]) }, end() {} }) }).run()
  await expect(run).rejects.toThrow(RangeError)
  expect(seen).toEqual([1])
})

it('A3: a Worker that exits with another code fails the source', async () => {
  const worker = new Worker('process.exit(3)', { eval: true })
  await expect(fromMessagePort(worker, ALL).to(count()).run()).rejects.toThrow('code 3')
})

it('A3: a message that cannot be read fails the source with its error', async () => {
  const port = new EventEmitter()
  const run = fromMessagePort(port, ALL).to(count()).run()
  await settle(1)
  port.emit('messageerror', BOOM)
  await expect(run).rejects.toBe(BOOM)
})

it('A12: a Worker that has exited takes nothing, so no run says that it has sent something, and none waits for it', async () => {
  const gone = new Worker('0', { eval: true })
  await once(gone, 'exit')
  await expect(from([1, 2]).to(toMessagePort(gone)).run()).rejects.toThrow('toMessagePort: the worker has exited')
  await expect(fromMessagePort(gone, ALL).to(count()).run()).rejects.toThrow('fromMessagePort: the worker has exited before anybody listened')
  const going = new Worker('process.exit(0)', { eval: true })
  const probe = manualSource<number>()
  await expect(probe.source.to(toMessagePort(going)).run()).rejects.toThrow('toMessagePort: the worker has exited with code 0')
  expect([listeners(gone), listeners(going), probe.closeCount]).toEqual([0, 0, 1])
})
