import { expect, it } from 'vitest'
import { count, deadLetter, type DeadLetter, forEach, from, OptionError, toArray } from '@sluice/core'
import { fromMessagePort, toMessagePort } from '@sluice/adapters/events'
import { take, takeWhile } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { listenerCount } from '../../../../test/listener-count'
import { encoding } from '../../test/encoding'
import { passageLaws } from '../../test/passage-laws'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const NAMES = ['message', 'messageerror', 'error', 'close']

const listeners = (...ports: EventTarget[]): number => ports.reduce((sum, port) => sum + listenerCount(port, ...NAMES), 0)

/** A page does not learn that the other side closed its port: there a value says that it is the end. */
const END = 'the end'

for (const { name, run } of passageLaws({
  name: 'toMessagePort and fromMessagePort, with a value for the end',
  open() {
    const { port1, port2 } = new MessageChannel()
    const before = listeners(port1, port2)
    return {
      sink: encoding(toMessagePort<unknown>(port1), (value) => value, END),
      source: fromMessagePort(port2, ALL).pipe(takeWhile((value) => value !== END)),
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
  expect(await from([1, 2, 3]).to(toMessagePort(port1)).run()).toBe(3)
  await settle(2)
  expect(await fromMessagePort(port2, { ...ALL, close: true }).pipe(take(3)).to(toArray()).run()).toEqual([1, 2, 3])
})

it('A1: a BroadcastChannel is one too', async () => {
  const [one, two] = [new BroadcastChannel('sluice-test'), new BroadcastChannel('sluice-test')]
  const run = fromMessagePort(two, { ...ALL, close: true }).pipe(take(2)).to(toArray()).run()
  await settle(1)
  await from(['a', 'b']).to(toMessagePort(one, { close: true })).run()
  expect(await run).toEqual(['a', 'b'])
})

it('A3: a message that cannot be read fails the source', async () => {
  const target = new EventTarget()
  const run = fromMessagePort(target, ALL).to(count()).run()
  await settle(1)
  target.dispatchEvent(new MessageEvent('messageerror'))
  await expect(run).rejects.toThrow('could not be read')
})

it('A3: a value that cannot be cloned fails the run, and is named', async () => {
  const { port1, port2 } = new MessageChannel()
  const value = { work: () => {} }
  const run = from([1, value]).to(toMessagePort(port1, { close: true })).run()
  await expect(run).rejects.toThrow('could not be cloned')
  expect(run.failure?.item).toBe(value)
  port2.close()
})

it('A4: an abort takes the listeners off', async () => {
  const { port1, port2 } = new MessageChannel()
  const before = listeners(port2)
  const run = fromMessagePort(port2, ALL).to(count()).run()
  await settle(2)
  await run.abort()
  expect(listeners(port2)).toBe(before)
  port1.close()
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
  await from([bytes]).to(toMessagePort(port1, { transfer: (value: Uint8Array) => [value.buffer] })).run()
  expect(bytes.byteLength).toBe(0)
  expect(await fromMessagePort(port2, { ...ALL, close: true }).pipe(take(1)).to(toArray()).run()).toEqual([new Uint8Array([1, 2, 3])])
})

it('options that cannot work fail when the pipeline is built', () => {
  expect(() => fromMessagePort({} as never, ALL)).toThrow(OptionError)
  expect(() => fromMessagePort(new EventTarget(), {} as never)).toThrow(OptionError)
  expect(() => toMessagePort({} as never)).toThrow(OptionError)
  expect(() => toMessagePort(undefined as never)).toThrow(OptionError)
  expect(() => toMessagePort(new MessageChannel().port1, { transfer: 1 as never })).toThrow(OptionError)
})

it('A19: a value that cannot be posted goes where onError says, and the others are posted', async () => {
  const { port1, port2 } = new MessageChannel()
  const letters: DeadLetter[] = []
  const bad = (): void => {}
  const onError = deadLetter(forEach<DeadLetter>((letter) => { letters.push(letter) }))
  const run = from<unknown>([1, bad, 3, bad, 5]).to(toMessagePort(port1, { close: true, onError })).run()
  // A page does not learn that the other side closed its port.
  const received = fromMessagePort(port2, { capacity: 16, overflow: 'fail' }).pipe(take(3)).to(toArray()).run()
  expect([await run, await received]).toEqual([3, [1, 3, 5]])
  expect(letters).toMatchObject([{ item: bad, stage: 'toMessagePort', attempt: 1 }, { item: bad }])
  expect(run.stats().totals).toMatchObject({ read: 5, delivered: 3, deadLettered: 2, failed: 0, abandoned: 0 })
  expect(() => toMessagePort(port1, { onError: 'ignore' as never })).toThrow("toMessagePort: onError must be 'fail'")
})
