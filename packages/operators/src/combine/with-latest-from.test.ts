import { expect, it } from 'vitest'
import { from, interval, never, range, toArray } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { withLatestFrom } from './with-latest-from'

underLaw('withLatestFrom', {
  'nothing': { make: () => withLatestFrom(), reference: (values) => values.map((value) => [value]) },
  'an array and a promise': {
    make: () => withLatestFrom(['a', 'b'], Promise.resolve('c')), reference: (values) => values.map((value) => [value, 'b', 'c']), ahead: 1,
  },
  'an empty source': { make: () => withLatestFrom([]), reference: () => [], ends: () => true },
})

it('emits for values of the source only, with the newest of the others', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const probe = manualSink<[number, string]>()
  a.source.pipe(withLatestFrom(b.source)).to(probe.sink).run()
  probe.request(100)
  a.emit(1)
  await probe.expectNoEvent()
  b.emit('x')
  await probe.expectNext([1, 'x'])
  b.emit('y', 'z')
  await probe.expectNoEvent()
  a.emit(2, 3)
  await probe.expectNext([2, 'z'], [3, 'z'])
  b.end()
  a.emit(4)
  await probe.expectNext([4, 'z'])
  a.end()
  await probe.expectEnd()
})

it('holds the source back until each other has a value', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const run = a.source.pipe(withLatestFrom(b.source)).to(toArray()).run()
  a.emit(1, 2)
  await settle()
  expect(a.delivered).toBe(1)
  b.emit('x')
  a.end()
  expect(await run).toEqual([[1, 'x'], [2, 'x']])
  expect(b.closeCount).toBe(1)
})

it('learns of the end of the source although another has no value', async () => {
  expect(await from([]).pipe(withLatestFrom(never())).to(toArray()).run()).toEqual([])
})

it('is not held up by an endless other', async () => {
  const pairs = await from(['a', 'b']).pipe(withLatestFrom(range(1))).to(toArray()).run()
  // How often it looks at the other before a value depends on when its slice is used up.
  expect(pairs.map(([value]) => value)).toEqual(['a', 'b'])
  const [first, second] = pairs.map(([, count]) => count) as [number, number]
  expect([first >= 256, second > first, second < 100_000]).toEqual([true, true, true])
})

it('keeps up with others that go on by themselves', async () => {
  const clock = new VirtualClock()
  const run = interval(1000).pipe(withLatestFrom(interval(10)), take(3)).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([[0, 98], [1, 198], [2, 298]])
})

it('T1: what is older than the newest counts as dealt with', async () => {
  const [a, b] = [trackedSource([1, 2]), trackedSource(['x', 'y', 'z'])]
  await a.source.pipe(withLatestFrom(b.source)).to(toArray()).run()
  expect([a.settlements, a.statuses]).toEqual([[1, 1], ['ack', 'ack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
})

it('T2: a value that waits for a partner goes back', async () => {
  const tracked = trackedSource([1, 2])
  const run = tracked.source.pipe(withLatestFrom(never())).to(toArray()).run()
  await settle()
  await run.stop()
  expect([tracked.settlements, tracked.statuses]).toEqual([[1], ['nack']])
})
