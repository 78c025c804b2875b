// Ports of Node tell when the other side has closed them; pages do not.
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { count, from, toArray } from '@sluice/core'
import { fromMessagePort, toMessagePort } from '@sluice/adapters/events'
import { settle } from '@sluice/testing'
import { listenerCount } from '../../../../test/listener-count'
import { passageLaws } from '../../test/passage-laws'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const NAMES = ['message', 'messageerror', 'error', 'close']
const listeners = (...ports: EventTarget[]): number => ports.reduce((sum, port) => sum + listenerCount(port, ...NAMES), 0)

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

it('A1: what came before the first pull is not lost, nor is a close', async () => {
  const { port1, port2 } = new MessageChannel()
  expect(await from([1, 2, 3]).to(toMessagePort(port1, { close: true })).run()).toBe(3)
  await settle(2)
  expect(await fromMessagePort(port2, ALL).to(toArray()).run()).toEqual([1, 2, 3])
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
