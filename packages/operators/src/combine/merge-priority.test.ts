import { expect, it } from 'vitest'
import { forEach, from, OptionError, range, toArray } from '@sluice/core'
import { manualSink, manualSource, seededRandom, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { mergePriority } from './merge-priority'

underLaw('mergePriority', {
  'nothing, { weights: [1] }': { make: () => mergePriority([], { weights: [1] }), reference: (values) => [...values] },
  'two values, { weights: [3, 1] }': {
    make: () => mergePriority([['a', 'b']], { weights: [3, 1] }), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2,
  },
  'two values, { strict: true }': {
    make: () => mergePriority([['a', 'b']], { strict: true }), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2,
  },
})

it.each([1, 2, 3, 100])('keeps the weights when all have values, at demand %i', async (demand) => {
  const probe = manualSink<number>()
  const run = range(0).pipe(mergePriority([range(100), range(200)], { weights: [3, 1, 2] })).to(probe.sink).run()
  for (let taken = 0; taken < 12; taken += demand) {
    probe.request(demand)
    await probe.expectNext(...[0, 1, 2, 100, 200, 201, 3, 4, 5, 101, 202, 203].slice(taken, taken + demand), ...(demand === 100 ? probe.values.slice(12) : []))
  }
  await run.abort()
})

it('passes over a source that has nothing now, and does not owe it anything', async () => {
  const slow = manualSource<string>()
  const probe = manualSink<number | string>()
  range(0).pipe(mergePriority([slow.source], { weights: [2, 3] })).to(probe.sink).run()
  probe.request(5)
  await probe.expectNext(0, 1, 2, 3, 4)
  slow.emit('a', 'b', 'c', 'd')
  probe.request(6)
  await probe.expectNext(5, 'a', 'b', 'c', 6, 7)
})

it('with strict asks the later ones only when the earlier ones have nothing now', async () => {
  const [urgent, normal] = [manualSource<string>(), manualSource<string>()]
  const probe = manualSink<string>()
  urgent.source.pipe(mergePriority([normal.source, ['z']], { strict: true })).to(probe.sink).run()
  urgent.emit('a', 'b', 'c')
  normal.emit('m', 'n', 'o')
  probe.request(2)
  await probe.expectNext('a', 'b')
  expect(normal.pulls).toBe(0)
  probe.request(3)
  await probe.expectNext('c', 'm', 'n')
  urgent.emit('d')
  probe.request(3)
  await probe.expectNext('d', 'o', 'z')
  urgent.end()
  normal.end()
  probe.request(1)
  await probe.expectEnd()
})

it('comes to the weights in the long run, whatever is asked for at once', async () => {
  const random = seededRandom(7)
  const probe = manualSink<number>()
  const run = range(0).pipe(mergePriority([range(1e6)], { weights: [5, 2] })).to(probe.sink).run()
  while (probe.values.length < 700) {
    const more = 1 + Math.floor(random() * 20)
    const before = probe.values.length
    probe.request(more)
    while (probe.values.length < before + more) await settle(1)
  }
  const second = probe.values.slice(0, 700).filter((n) => n >= 1e6).length
  expect(second).toBe(200)
  await run.abort()
})

it('T1: every value keeps its ticket', async () => {
  const [a, b] = [trackedSource([1, 2, 3]), trackedSource([4, 5, 6])]
  await a.source.pipe(mergePriority([b.source], { weights: [1, 2] })).to(forEach((n) => { if (n === 5) throw new Error('five') })).run().then(undefined, () => {})
  expect(a.statuses).toEqual(['ack', ...a.statuses.slice(1).map(() => 'nack')])
  expect(b.statuses.slice(0, 2)).toEqual(['ack', 'nack'])
  expect(await from([1]).pipe(mergePriority([[2]], { strict: true }), take(1)).to(toArray()).run()).toEqual([1])
})

it.each<[string, () => unknown]>([
  ['mergePriority: weights must be an array of 2 numbers (this source, then each other), or strict: true, got undefined', () => mergePriority([[1]], undefined as never)],
  ['weights must be an array of 2 numbers', () => mergePriority([[1]], { weights: [1] })],
  ['mergePriority: weights[1] must be a whole number of at least 1, got 0', () => mergePriority([[1]], { weights: [1, 0] })],
  ['mergePriority: weights must be left out where strict is true', () => mergePriority([[1]], { strict: true, weights: [1, 2] } as never)],
  ['mergePriority: strict must be true or false, got 1', () => mergePriority([[1]], { strict: 1 } as never)],
  ['mergePriority: others must be an array', () => mergePriority(new Set() as never, { strict: true })],
])('O13: "%s" is said when it is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})
