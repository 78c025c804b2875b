import { expect, it } from 'vitest'
import { defer, failing, forEach, from, toArray } from '@sluice/core'
import { checked, explore, manualSource, settle, SHAPES, trackedSource, VALUES } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { concatWith } from './concat-with'

// With others that have values a stop ends before them (see below), which O10 has no word for.
underLaw('concatWith', {
  'nothing': { make: () => concatWith(), reference: (values) => [...values] },
  'empty sources': { make: () => concatWith([], new Set(), defer(async function* () {})), reference: (values) => [...values] },
})

it.each(SHAPES)('O1, O7: hands on the others after a source that comes $name', async ({ make }) => {
  for (const { values } of VALUES) {
    const all = [...values, 'a', 'b', 'c', 'd']
    await explore(25, async ({ scheduler }) => {
      const joined = make(values).pipe(checked(), concatWith([], ['a', 'b'], make(['c']), Promise.resolve('d')), checked())
      expect(await joined.to(toArray()).run({ scheduler })).toEqual(all)
    })
  }
})

it('opens a source only when the one before has completed', async () => {
  const opened: string[] = []
  const first = manualSource<number>()
  const second = defer(() => { opened.push('second'); return [2] })
  const third = defer(() => { opened.push('third'); return [3] })
  const run = first.source.pipe(concatWith(second, third)).to(toArray()).run()
  first.emit(1)
  await settle()
  expect(opened).toEqual([])
  first.end()
  expect(await run).toEqual([1, 2, 3])
  expect(opened).toEqual(['second', 'third'])
})

it('never opens what comes after a failure', async () => {
  const boom = new Error('boom')
  let opened = 0
  const seen: number[] = []
  const after = defer(() => { opened++; return [9] })
  await expect(from([1]).pipe(concatWith(failing(boom), after)).to(forEach((n) => { seen.push(n) })).run()).rejects.toBe(boom)
  expect(seen).toEqual([1])
  expect(opened).toBe(0)
})

it('T1: hands on the tickets of a source that is opened late', async () => {
  const first = trackedSource([1, 2])
  const late = trackedSource(['a', 'b', 'c'])
  await first.source.pipe(concatWith([0, 0], late.source), map((value) => value)).to(toArray()).run()
  expect(first.statuses).toEqual(['ack', 'ack'])
  expect(late.statuses).toEqual(['ack', 'ack', 'ack'])
  expect(late.settlements).toEqual([1, 1, 1])
})

it('T2: the tickets of one source are not taken for those of the next', async () => {
  const tracked = trackedSource([1, 2, 3])
  const run = tracked.source.pipe(concatWith([4, 5, 6])).to(forEach((n) => { if (n === 5) throw new Error('five') })).run()
  await expect(run).rejects.toThrow('five')
  expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
  expect(tracked.settlements).toEqual([1, 1, 1])
})

it('stops in the middle without opening the rest', async () => {
  const first = manualSource<number>()
  const second = manualSource<number>()
  const run = first.source.pipe(concatWith(second.source)).to(toArray()).run()
  first.emit(1)
  await settle()
  expect((await run.stop()).status).toBe('completed')
  expect(await run).toEqual([1])
  expect(second.pulls).toBe(0)
})
