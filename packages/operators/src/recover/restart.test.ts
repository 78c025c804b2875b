import { expect, it } from 'vitest'
import { defer, failing, from, toArray } from '@sluice/core'
import { settle, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { restart } from './restart'

underLaw('restart', {
  'never needed': { make: () => restart({ minBackoffMs: 1, maxBackoffMs: 1, budget: { tries: 1, perMs: 1e9 } }), reference: (values) => [...values], timed: true },
})

it('starts a failed source again after waits that double', async () => {
  const clock = new VirtualClock()
  const starts: number[] = []
  const feed = defer(() => { starts.push(clock.now()); return failing(new Error('lost')) })
  const run = feed.pipe(restart({ minBackoffMs: 100, maxBackoffMs: 500, randomFactor: 0 })).to(toArray()).run({ clock })
  await clock.advance(2000)
  expect(starts).toEqual([0, 100, 300, 700, 1200, 1700])
  await run.stop()
})

it('starts a completed source again where it is told to', async () => {
  const clock = new VirtualClock()
  const run = from([1]).pipe(restart({ minBackoffMs: 5, maxBackoffMs: 5, onComplete: true }), take(3)).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([1, 1, 1])
})

it('fails when the budget is used up', async () => {
  const clock = new VirtualClock()
  let starts = 0
  const run = defer(() => failing(new Error(`start ${++starts}`))).pipe(restart({ minBackoffMs: 1, maxBackoffMs: 1, budget: { tries: 2, perMs: 1000 } })).to(toArray()).run({ clock })
  await expect(clock.runOut(run)).rejects.toThrow('start 3')
})

it('O10: a stop cuts the wait short', async () => {
  const clock = new VirtualClock()
  const run = failing(new Error('x')).pipe(restart({ minBackoffMs: 60_000, maxBackoffMs: 60_000 })).to(toArray()).run({ clock })
  await settle(3)
  expect((await run.stop()).status).toBe('completed')
  expect(clock.pendingTimers).toBe(0)
})

it('O13: refuses options that cannot work', () => {
  expect(() => restart({ minBackoffMs: 0, maxBackoffMs: 5 })).toThrow('restart: minBackoffMs must be above 0, got 0')
  expect(() => restart({ minBackoffMs: 10, maxBackoffMs: 5 })).toThrow('restart: maxBackoffMs must be a finite number of at least 10, got 5')
})
