import { expect, it } from 'vitest'
import { defer, failing, forEach, from, toArray, type Source } from '@sluice/core'
import { settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { concatWith } from '../combine/concat-with'
import { retrySource } from './retry-source'

underLaw('retrySource', {
  'nothing': { make: () => retrySource({ times: 1, delayMs: 0, when: () => false }), reference: (values) => [...values] },
})

const flaky = (...tries: readonly (readonly number[])[]): Source<number> => {
  let at = 0
  return defer(() => {
    const values = tries[at++] ?? []
    const last = at >= tries.length
    return last ? from(values) : from(values).pipe(concatWith(failing(new Error(`try ${at}`))))
  })
}

it('reads the source again after waits that grow, and completes without a failure', async () => {
  const clock = new VirtualClock()
  const run = flaky([1], [], [], [1, 2]).pipe(retrySource({ times: 3, delayMs: 100, jitter: 0, resetOnValue: false })).to(toArray()).run({ clock })
  await clock.advance(699)
  expect(run.status).toBe('running')
  await clock.advance(1)
  expect(await run).toEqual([1, 1, 2])
  expect(run.failure).toBeUndefined()
})

it('fails with the last error when the tries are used up, counted from 0 after a value', async () => {
  const run = flaky([], [], [1]).pipe(retrySource({ times: 1, delayMs: 0 })).to(toArray()).run()
  await expect(run).rejects.toThrow('try 2')
  expect(await flaky([1], [2], [3]).pipe(retrySource({ times: 1, delayMs: 0, resetOnValue: true })).to(toArray()).run()).toEqual([1, 2, 3])
})

it('R49: ends after its tries, at once, where the source gives values before it fails', async () => {
  let tries = 0
  const source = defer(async function* () { tries++; yield tries; throw new Error(`try ${tries}`) })
  const seen: number[] = []
  await expect(source.pipe(retrySource({ times: 2 })).to(forEach((n) => { seen.push(n) })).run()).rejects.toThrow('try 3')
  expect([tries, seen]).toEqual([3, [1, 2, 3]])
})

it('R49: waits 200 ms at first where a value resets the count, because that may never end', async () => {
  const clock = new VirtualClock()
  const run = flaky([1], [2], [3]).pipe(retrySource({ times: 1, jitter: 0, resetOnValue: true })).to(toArray()).run({ clock })
  await clock.advance(399)
  expect(run.status).toBe('running')
  await clock.advance(1)
  expect(await run).toEqual([1, 2, 3])
})

it('stays within its budget, however often the count starts again', async () => {
  const clock = new VirtualClock()
  const tries = Array.from({ length: 9 }, (_, i) => [i])
  const run = flaky(...tries).pipe(retrySource({ times: 1, delayMs: 10, jitter: 0, resetOnValue: true, budget: { count: 3, perMs: 1000 } })).to(toArray()).run({ clock })
  await expect(clock.runOut(run)).rejects.toThrow('try 4')
})

it('gives up at once on an error that is not worth another try', async () => {
  const run = flaky([], [1]).pipe(retrySource({ times: 5, delayMs: 0, when: (error) => (error as Error).message !== 'try 1' })).to(toArray()).run()
  await expect(run).rejects.toThrow('try 1')
})

it('O10: a stop cuts the wait short', async () => {
  const clock = new VirtualClock()
  const run = flaky([1], [2]).pipe(retrySource({ times: 1, delayMs: 60_000 })).to(toArray()).run({ clock })
  await settle(3)
  expect((await run.stop()).status).toBe('completed')
  expect([await run, clock.pendingTimers]).toEqual([[1], 0])
})

it('T1: tickets of each try are settled once', async () => {
  const first = trackedSource([1, 2])
  let at = 0
  const source = defer(() => (at++ === 0 ? first.source.pipe(concatWith(failing(new Error('x')))) : from([3])))
  expect(await source.pipe(retrySource({ times: 1, delayMs: 0, resetOnValue: true })).to(toArray()).run()).toEqual([1, 2, 3])
  expect(first.settlements).toEqual([1, 1])
})

it('O13: refuses options that cannot work', () => {
  expect(() => retrySource({ times: 0, delayMs: 0 })).toThrow('retrySource: times must be a whole number of at least 1, got 0')
  expect(() => retrySource({ times: 1, delayMs: 0, budget: { count: 1, perMs: 0 } })).toThrow('retrySource: budget.perMs must be above 0, got 0')
})
