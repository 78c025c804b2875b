import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { combineLatestWith } from './combine-latest-with'

underLaw('combineLatestWith', {
  'nothing': { make: () => combineLatestWith(), reference: (values) => values.map((value) => [value]) },
  'one value each': {
    make: () => combineLatestWith(['a'], Promise.resolve('b')), reference: (values) => values.map((value) => [value, 'a', 'b']), ahead: 1,
  },
  'an empty source': { make: () => combineLatestWith([]), reference: () => [], ends: () => true },
})

it('emits for each value of any input, once all have one', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const probe = manualSink<[number, string]>()
  a.source.pipe(combineLatestWith(b.source)).to(probe.sink).run()
  probe.request(100)
  a.emit(1)
  await probe.expectNoEvent()
  b.emit('x')
  await probe.expectNext([1, 'x'])
  b.emit('y')
  await probe.expectNext([1, 'y'])
  a.emit(2)
  await probe.expectNext([2, 'y'])
  a.end()
  b.emit('z')
  await probe.expectNext([2, 'z'])
  b.end()
  await probe.expectEnd()
})

it('passes over no value: nobody is asked for a second before all have given their first', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const run = a.source.pipe(combineLatestWith(b.source)).to(toArray()).run()
  a.emit(1, 2, 3)
  await settle()
  expect(a.delivered).toBe(1)
  b.emit('x')
  a.end()
  b.end()
  expect(await run).toEqual([[1, 'x'], [2, 'x'], [3, 'x']])
})

it('lets inputs that always have values take turns', async () => {
  const run = from([1, 2, 3]).pipe(combineLatestWith(['a', 'b', 'c'])).to(toArray()).run()
  expect(await run).toEqual([[1, 'a'], [2, 'a'], [2, 'b'], [3, 'b'], [3, 'c']])
})

it('ends when an input ends without a value, and gives back what waited for it', async () => {
  const tracked = trackedSource([1, 2])
  const empty = manualSource<string>()
  const run = tracked.source.pipe(combineLatestWith(empty.source)).to(toArray()).run()
  await settle()
  empty.end()
  expect(await run).toEqual([])
  expect(tracked.statuses).toEqual(['nack'])
})

it('T1: a ticket is acknowledged once, when its tuples were dealt with and a newer value is there', async () => {
  const [a, b] = [trackedSource([1, 2, 3]), trackedSource(['x', 'y', 'z', 'w'])]
  await a.source.pipe(combineLatestWith(b.source)).to(toArray()).run()
  expect([a.settlements, a.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1, 1, 1], ['ack', 'ack', 'ack', 'ack']])
})

it('T2: the newest values go back when the consumer leaves', async () => {
  const [a, b] = [trackedSource([1, 2, 3]), trackedSource(['x', 'y', 'z'])]
  await a.source.pipe(combineLatestWith(b.source), take(3)).to(toArray()).run()
  expect([a.settlements, a.statuses]).toEqual([[1, 1], ['ack', 'nack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1], ['ack', 'nack']])
})
