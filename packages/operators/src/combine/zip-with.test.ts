import { expect, it } from 'vitest'
import { from, never, range, toArray } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { zipWith } from './zip-with'

underLaw('zipWith', {
  'nothing': { make: () => zipWith(), reference: (values) => values.map((value) => [value]) },
  'an endless source': { make: () => zipWith(range(0)), reference: (values) => values.map((value, i) => [value, i]) },
  'two sources, one of three values': {
    make: () => zipWith(['a', 'b', 'c'], range(5)),
    reference: (values) => values.slice(0, 3).map((value, i) => [value, 'abc'[i], i + 5]),
    ends: (values) => values.length >= 3,
  },
  'an empty source': { make: () => zipWith([]), reference: () => [], ends: () => true },
})

it('asks all inputs at once, and holds one value of each', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const probe = manualSink<[number, string]>()
  a.source.pipe(zipWith(b.source)).to(probe.sink).run()
  await settle()
  expect([a.pulls, b.pulls]).toEqual([0, 0])
  probe.request(2)
  await settle()
  expect([a.demand, b.demand]).toEqual([1, 1])
  a.emit(1, 2, 3)
  await settle()
  expect(a.delivered).toBe(1)
  b.emit('x')
  await probe.expectNext([1, 'x'])
  await settle()
  expect(a.delivered).toBe(2)
})

it('ends with the shortest, and closes the others', async () => {
  const long = manualSource<number>()
  const run = from(['a']).pipe(zipWith(long.source)).to(toArray()).run()
  long.emit(1, 2)
  expect(await run).toEqual([['a', 1]])
  expect(long.closeCount).toBe(1)
})

it('gives back a value that has no partner', async () => {
  const tracked = trackedSource([1, 2, 3])
  const other = manualSource<string>()
  const run = tracked.source.pipe(zipWith(other.source)).to(toArray()).run()
  other.emit('a')
  await settle()
  expect(tracked.issued).toBe(2)
  other.end()
  expect(await run).toEqual([[1, 'a']])
  expect(tracked.statuses).toEqual(['ack', 'nack'])
})

it('joins the tickets of a tuple', async () => {
  const [a, b] = [trackedSource([1, 2]), trackedSource(['x', 'y'])]
  await a.source.pipe(zipWith(b.source)).to(toArray()).run()
  expect([a.settlements, a.statuses]).toEqual([[1, 1], ['ack', 'ack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1], ['ack', 'ack']])
})

it('stops although a partner is missing', async () => {
  const run = from([1]).pipe(zipWith(never())).to(toArray()).run()
  await settle()
  expect((await run.stop()).status).toBe('completed')
  expect(await run).toEqual([])
})
