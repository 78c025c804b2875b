import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { count, from, OptionError, toArray } from '@sluice/core'
import { fromMessagePort, toMessagePort } from '@sluice/adapters/events'
import { take } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { passageLaws } from '../../test/passage-laws'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')
const NAMES = ['message', 'messageerror', 'error', 'close', 'exit']

/** An EventTarget of Node counts its listeners, but does not say so in its types. */
const listeners = (...ports: unknown[]): number =>
  ports.reduce<number>((sum, port) => sum + NAMES.reduce((n, name) => n + (port as EventEmitter).listenerCount(name), 0), 0)

for (const { name, run } of passageLaws({
  name: 'toMessagePort and fromMessagePort',
  open() {
    const { port1, port2 } = new MessageChannel()
    const before = listeners(port1, port2)
    return {
      sink: toMessagePort(port1, { close: true }),
      source: fromMessagePort(port2, ALL),
      held: () => listeners(port1, port2) - before,
      close() {
        port1.close()
        port2.close()
      },
    }
  },
})) it(name, run)

it('A1: what came before the first pull is not lost', async () => {
  const { port1, port2 } = new MessageChannel()
  expect(await from([1, 2, 3]).to(toMessagePort(port1, { close: true })).run()).toBe(3)
  await settle(2)
  expect(await fromMessagePort(port2, ALL).to(toArray()).run()).toEqual([1, 2, 3])
})

it('A1: a BroadcastChannel is one too', async () => {
  const [one, two] = [new BroadcastChannel('sluice-test'), new BroadcastChannel('sluice-test')]
  const run = fromMessagePort(two, { ...ALL, close: true }).pipe(take(2)).to(toArray()).run()
  await settle(1)
  await from(['a', 'b']).to(toMessagePort(one, { close: true })).run()
  expect(await run).toEqual(['a', 'b'])
})

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

it('A3: a message that cannot be read fails the source', async () => {
  const port = new EventEmitter()
  const run = fromMessagePort(port, ALL).to(count()).run()
  await settle(1)
  port.emit('messageerror', BOOM)
  await expect(run).rejects.toBe(BOOM)
  const target = new EventTarget()
  const other = fromMessagePort(target, ALL).to(count()).run()
  await settle(1)
  target.dispatchEvent(new MessageEvent('messageerror'))
  await expect(other).rejects.toThrow('could not be read')
})

it('A3: a value that cannot be cloned fails the run, and is named', async () => {
  const { port1, port2 } = new MessageChannel()
  const value = { work: () => {} }
  const run = from([1, value]).to(toMessagePort(port1, { close: true })).run()
  await expect(run).rejects.toThrow('could not be cloned')
  expect(run.failure?.item).toBe(value)
  port2.close()
})

it('A3: a port closed by the other side fails the writer', async () => {
  const { port1, port2 } = new MessageChannel()
  const never = fromMessagePort(new EventTarget(), ALL)
  const run = never.to(toMessagePort(port1)).run()
  await settle(2)
  port2.close()
  await expect(run).rejects.toThrow('closed')
})

it('A4: an abort takes the listeners off, and closes the port where it is asked to', async () => {
  const { port1, port2 } = new MessageChannel()
  const before = listeners(port2)
  const kept = fromMessagePort(port2, ALL).to(count()).run()
  await settle(2)
  await kept.abort()
  expect(listeners(port2)).toBe(before)
  const closed = once(port1, 'close')
  const run = fromMessagePort(port2, { ...ALL, close: true }).to(count()).run()
  await settle(2)
  await run.abort()
  await closed
})

it('A5: a hundred runs over one port leave no listener', async () => {
  const { port1, port2 } = new MessageChannel()
  const before = listeners(port1, port2)
  for (let i = 0; i < 100; i++) {
    const run = fromMessagePort(port2, ALL).pipe(take(1)).to(toArray()).run()
    await from([i]).to(toMessagePort(port1)).run()
    expect(await run).toEqual([i])
  }
  expect(listeners(port1, port2)).toBe(before)
  port1.close()
})

it('hands over what transfer names', async () => {
  const { port1, port2 } = new MessageChannel()
  const bytes = new Uint8Array([1, 2, 3])
  await from([bytes]).to(toMessagePort(port1, { transfer: (value: Uint8Array) => [value.buffer], close: true })).run()
  expect(bytes.byteLength).toBe(0)
  expect(await fromMessagePort(port2, ALL).to(toArray()).run()).toEqual([new Uint8Array([1, 2, 3])])
})

it('options that cannot work fail when the pipeline is built', () => {
  expect(() => fromMessagePort({} as never, ALL)).toThrow(OptionError)
  expect(() => fromMessagePort(new EventTarget(), {} as never)).toThrow(OptionError)
  expect(() => toMessagePort({} as never)).toThrow(OptionError)
  expect(() => toMessagePort(undefined as never)).toThrow(OptionError)
  expect(() => toMessagePort(new MessageChannel().port1, { transfer: 1 as never })).toThrow(OptionError)
})
