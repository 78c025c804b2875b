import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { count, forEach, OptionError, QueueFullError, toArray } from '@sluice/core'
import { fromEvent } from '@sluice/adapters/events'
import { map, take } from '@sluice/operators'
import { manualSink, settle } from '@sluice/testing'
import { passageLaws } from '../../test/passage-laws'
import { emitting } from '../../test/emitting'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')
const listeners = (emitter: EventEmitter): number => emitter.eventNames().reduce((n, name) => n + emitter.listenerCount(name), 0)

for (const { name, run } of passageLaws({
  name: 'fromEvent of an EventEmitter',
  open() {
    const emitter = new EventEmitter()
    const source = fromEvent(emitter, 'value', { ...ALL, endOn: 'end' })
    return { sink: emitting((event, value) => emitter.emit(event, value)), source, held: () => listeners(emitter) }
  },
})) it(name, run)

it('A1: several arguments come as an array, one as it is, none as undefined', async () => {
  const emitter = new EventEmitter()
  const run = fromEvent(emitter, 'e', ALL).pipe(take(3)).to(toArray()).run()
  await settle(1)
  emitter.emit('e', 1, 2)
  emitter.emit('e', [3])
  emitter.emit('e')
  expect(await run).toEqual([[1, 2], [3], undefined])
})

it('A2: behind a stopped reader no more than the capacity waits, and the policy decides about the rest', async () => {
  const emitter = new EventEmitter()
  const dropped: unknown[] = []
  const reader = manualSink<unknown>()
  const run = fromEvent(emitter, 'e', { capacity: 3, overflow: 'drop-oldest', onDrop: (value) => dropped.push(value), endOn: 'end' }).to(reader.sink).run()
  reader.request(1)
  await settle(1)
  for (let i = 0; i < 3; i++) emitter.emit('e', i)
  for (let i = 3; i < 10; i++) emitter.emit('e', i)
  emitter.emit('end')
  expect(run.stats().stages[0]?.queue).toMatchObject({ size: 3, capacity: 3 })
  reader.request(10)
  await run
  expect([...dropped, ...reader.values].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(reader.values.slice(-3)).toEqual([7, 8, 9])
  expect(run.stats().stages[0]?.dropped).toBe(dropped.length)
})

it('A3: an overflow that may not be fails the run, with what came before', async () => {
  const emitter = new EventEmitter()
  const reader = manualSink<unknown>()
  const run = fromEvent(emitter, 'e', { capacity: 1, overflow: 'fail' }).to(reader.sink).run()
  reader.request(1)
  await settle(1)
  emitter.emit('e', 1)
  await settle(2)
  // The first was taken, the second waits, and there is no room for the third.
  for (const value of [2, 3]) emitter.emit('e', value)
  reader.request(9)
  await expect(run).rejects.toThrow(QueueFullError)
  expect(reader.values).toEqual([1, 2])
  expect(listeners(emitter)).toBe(0)
})

it('A3: an error event of an EventEmitter fails the run with the same error', async () => {
  const emitter = new EventEmitter()
  const seen: unknown[] = []
  const run = fromEvent(emitter, 'e', ALL).to(forEach((value) => { seen.push(value) })).run()
  await settle(1)
  emitter.emit('e', 1)
  emitter.emit('error', BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(seen).toEqual([1])
  expect(listeners(emitter)).toBe(0)
})

it('A3: a map that throws fails the run, not whoever emits', async () => {
  const emitter = new EventEmitter()
  const run = fromEvent(emitter, 'e', { ...ALL, map: () => { throw BOOM } }).to(count()).run()
  await settle(1)
  expect(() => emitter.emit('e')).not.toThrow()
  await expect(run).rejects.toBe(BOOM)
})

it('A3: a failure downstream takes the listeners off', async () => {
  const emitter = new EventEmitter()
  const run = fromEvent(emitter, 'e', ALL).pipe(map(() => { throw BOOM })).to(count()).run()
  await settle(1)
  expect(listeners(emitter)).toBe(2)
  emitter.emit('e')
  await expect(run).rejects.toBe(BOOM)
  expect(listeners(emitter)).toBe(0)
})

it('A4: an abort takes the listeners off before the run settles', async () => {
  const emitter = new EventEmitter()
  const run = fromEvent(emitter, Symbol.for('e'), { ...ALL, endOn: ['end', 'close'] }).to(count()).run()
  await settle(1)
  expect(listeners(emitter)).toBe(4)
  await run.abort(BOOM)
  expect(listeners(emitter)).toBe(0)
  await expect(run).rejects.toBe(BOOM)
})

it('A5: a listener that cannot be put on takes the others off', async () => {
  const emitter = new EventEmitter()
  const on = emitter.on.bind(emitter)
  emitter.on = (event, listener) => {
    if (event === 'end') throw BOOM
    return on(event, listener)
  }
  await expect(fromEvent(emitter, 'e', { ...ALL, endOn: 'end' }).to(count()).run()).rejects.toBe(BOOM)
  expect(listeners(emitter)).toBe(0)
})

it('tells high and low once per stretch', async () => {
  const emitter = new EventEmitter()
  const told: string[] = []
  const reader = manualSink<unknown>()
  fromEvent(emitter, 'e', { capacity: 8, overflow: 'fail', high: 4, low: 1, onHigh: () => told.push('high'), onLow: () => told.push('low') })
    .to(reader.sink).run()
  reader.request(1)
  await settle(1)
  for (let i = 0; i < 7; i++) emitter.emit('e', i)
  await settle(1)
  expect(told).toEqual(['high'])
  reader.request(10)
  await settle(1)
  expect(told).toEqual(['high', 'low'])
})

it.each([
  [undefined, 'e', ALL],
  [{}, 'e', ALL],
  [new EventEmitter(), '', ALL],
  [new EventEmitter(), ['e'], ALL],
  [new EventEmitter(), 'e', undefined],
  [new EventEmitter(), 'e', { capacity: 0, overflow: 'fail' }],
  [new EventEmitter(), 'e', { ...ALL, endOn: 3 }],
  [new EventEmitter(), 'e', { ...ALL, failOn: [''] }],
  [new EventEmitter(), 'e', { ...ALL, map: 'x' }],
])('options that cannot work fail when the pipeline is built (%#)', (target, event, options) => {
  expect(() => fromEvent(target as never, event as never, options as never)).toThrow(OptionError)
})
