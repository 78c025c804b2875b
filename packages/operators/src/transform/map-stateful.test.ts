import { expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { manualSource, settle } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { mapStateful } from './map-stateful'

underLaw('mapStateful', {
  'a counter': {
    make: () => mapStateful(() => 0, (count, value) => [count + 1, [count, value]]),
    reference: (values) => values.map((value, index) => [index, value]),
    withProbe: (probe) => mapStateful(() => 0, (count, value) => { probe(value); return [count + 1, [count, value]] }),
  },
  'a counter, flushed': {
    make: () => mapStateful(() => 0, (count, value) => [count + 1, value], { flush: (count) => ['count', count] }),
    reference: (values) => [...values, 'count', values.length],
    uponFailure: (values) => [...values],
  },
})

it('O6: a skipped value leaves the state as it was', async () => {
  const step = (sum: number, n: number): [number, number] => {
    if (n === 2) throw new Error('two')
    return [sum + n, n]
  }
  expect(await from([1, 2, 3]).pipe(mapStateful(() => 0, step, { onError: 'skip', flush: (sum) => [sum] })).to(toArray()).run()).toEqual([1, 3, 4])
})

it('O6: a flush that throws fails the run, once, whatever onError says about values', async () => {
  const flush = (): never => { throw new Error('flush') }
  const run = from([1]).pipe(mapStateful(() => 0, (sum, n: number) => [sum, n], { flush })).to(toArray()).run()
  await expect(run).rejects.toThrow('flush')
  expect(run.failure?.stage).toBe('mapStateful')
  await expect(from([1]).pipe(mapStateful(() => 0, (sum, n: number) => [sum, n], { flush, onError: 'skip' })).to(toArray()).run()).rejects.toThrow('flush')
})

it('O5: nothing is flushed after a failure', async () => {
  let flushed = false
  const run = failing(new Error('source')).pipe(mapStateful(() => 0, (sum, n) => [sum, n], { flush: () => { flushed = true; return [] } })).to(toArray()).run()
  await expect(run).rejects.toThrow('source')
  expect(flushed).toBe(false)
})

it('O4: leaving in the middle of what flush answered closes its iterator', async () => {
  let closed = false
  const probe = manualSource<number>()
  const endless = function* () {
    try {
      for (;;) yield 9
    } finally {
      closed = true
    }
  }
  const values: number[] = []
  const reading = (async () => {
    for await (const value of probe.source.pipe(mapStateful(() => 0, (sum, n: number) => [sum, n], { flush: endless }))) {
      values.push(value)
      if (values.length === 3) break
    }
  })()
  probe.emit(1)
  await settle(2)
  probe.end()
  await reading
  expect([values, closed]).toEqual([[1, 9, 9], true])
})

it('O13: refuses options that are no functions', () => {
  expect(() => mapStateful(1 as never, () => [1, 1])).toThrow('mapStateful: create must be a function, got 1')
  expect(() => mapStateful(() => 1, 1 as never)).toThrow('mapStateful: step must be a function')
  expect(() => mapStateful(() => 1, (s) => [s, 1], { flush: 'no' as never })).toThrow('mapStateful: flush must be a function')
})
