import { expect, it } from 'vitest'
import { forEach, from, range, toArray } from '@sluice/core'
import { manualSink, manualSource, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { interleave } from './interleave'

const turns = (...lists: (readonly unknown[])[]): unknown[] => {
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, i) => lists.filter((list) => i < list.length).map((list) => list[i])).flat()
}

underLaw('interleave', {
  'nothing': { make: () => interleave(), reference: (values) => [...values] },
  'three values and a promise': {
    make: () => interleave(['a', 'b', 'c'], Promise.resolve('p')),
    reference: (values) => turns(values, ['a', 'b', 'c'], ['p']),
    uponFailure: (values) => turns(values.slice(0, 4), ['a', 'b', 'c'].slice(0, values.length), ['p'].slice(0, values.length)).concat(values.slice(4)),
    ahead: 1,
  },
})

it('keeps to the order however late a source is, and asks nobody out of turn', async () => {
  const [a, b] = [manualSource<number>(), manualSource<string>()]
  const probe = manualSink<number | string>()
  a.source.pipe(interleave(b.source)).to(probe.sink).run()
  probe.request(10)
  b.emit('x', 'y')
  await probe.expectNoEvent()
  expect(b.pulls).toBe(0)
  a.emit(1, 2, 3)
  await probe.expectNext(1, 'x', 2, 'y', 3)
  await probe.expectNoEvent()
  b.end()
  a.emit(4, 5)
  await probe.expectNext(4, 5)
  a.end()
  await probe.expectEnd()
})

it('passes over sources that have ended', async () => {
  const values = await from([1, 2, 3]).pipe(interleave(range(10, 1), [], ['a', 'b'])).to(toArray()).run()
  expect(values).toEqual([1, 10, 'a', 2, 'b', 3])
})

it('delivers what comes before a failure', async () => {
  const boom = new Error('boom')
  const seen: unknown[] = []
  const failing = (function* () { yield 'a'; throw boom })()
  await expect(from([1, 2, 3]).pipe(interleave(failing)).to(forEach((n) => { seen.push(n) })).run()).rejects.toBe(boom)
  expect(seen).toEqual([1, 'a', 2])
})

it('T1: every value keeps its ticket', async () => {
  const [a, b] = [trackedSource([1, 2]), trackedSource(['x', 'y', 'z'])]
  await a.source.pipe(interleave(b.source, [7])).to(forEach((value) => { if (value === 'z') throw new Error('z') })).run().then(undefined, () => {})
  expect([a.settlements, a.statuses]).toEqual([[1, 1], ['ack', 'ack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'nack']])
})
