import { expect, it } from 'vitest'
import { defer, failing, from, toArray } from '@sluice/core'
import { settle, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { restart } from './restart'

underLaw('restart', {
  'never needed': { make: () => restart({ delayMs: 1, maxDelayMs: 1, budget: { count: 1, perMs: 1e9 } }), reference: (values) => [...values], timed: true },
})

it('starts a failed source again after waits that double', async () => {
  const clock = new VirtualClock()
  const starts: number[] = []
  const feed = defer(() => { starts.push(clock.now()); return failing(new Error('lost')) })
  const run = feed.pipe(restart({ delayMs: 100, maxDelayMs: 500, jitter: 0 })).to(toArray()).run({ clock })
  await clock.advance(2000)
  expect(starts).toEqual([0, 100, 300, 700, 1200, 1700])
  await run.stop()
})

it('starts a completed source again where it is told to', async () => {
  const clock = new VirtualClock()
  const run = from([1]).pipe(restart({ delayMs: 5, maxDelayMs: 5, onComplete: true }), take(3)).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([1, 1, 1])
})

it('fails when the budget is used up', async () => {
  const clock = new VirtualClock()
  let starts = 0
  const run = defer(() => failing(new Error(`start ${++starts}`))).pipe(restart({ delayMs: 1, maxDelayMs: 1, budget: { count: 2, perMs: 1000 } })).to(toArray()).run({ clock })
  await expect(clock.runOut(run)).rejects.toThrow('start 3')
})

it('O10: a stop cuts the wait short', async () => {
  const clock = new VirtualClock()
  const run = failing(new Error('x')).pipe(restart({ delayMs: 60_000, maxDelayMs: 60_000 })).to(toArray()).run({ clock })
  await settle(3)
  expect((await run.stop()).status).toBe('completed')
  expect(clock.pendingTimers).toBe(0)
})

it('O13: refuses options that cannot work', () => {
  expect(() => restart({ delayMs: 0, maxDelayMs: 5 })).toThrow('restart: delayMs must be above 0, got 0')
  expect(() => restart({ maxDelayMs: -1 })).toThrow('restart: maxDelayMs must be a finite number of at least 0, got -1')
  expect(() => restart({ jitter: 2 })).toThrow('restart: jitter must be a finite number from 0 to 1, got 2')
  expect(() => restart({ budget: 0 })).toThrow('restart: budget must be a whole number of at least 1, got 0')
})
