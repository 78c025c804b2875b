import { expect, it } from 'vitest'
import { drain, interval, never } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { measure, type Measurement } from './measure'

underLaw('measure', { 'a function': { make: () => measure(() => {}), reference: (values) => [...values] } })

it('tells the figures each so many ms and at the end', async () => {
  const clock = new VirtualClock()
  const seen: Measurement[] = []
  const run = interval(100).pipe(take(25), measure((figures) => seen.push(figures))).to(drain()).run({ clock })
  await clock.runOut(run)
  expect(seen.map(({ values, elapsedMs, ended }) => [values, elapsedMs, ended])).toEqual([[10, 1000, false], [20, 2000, false], [25, 2500, true]])
  expect(seen[0]).toMatchObject({ perSecond: 10, longestGapMs: 100 })
})

it('holds no timer while nothing comes', async () => {
  const clock = new VirtualClock()
  const run = never().pipe(measure(() => {})).to(drain()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('O13: refuses options that cannot work', () => {
  expect(() => measure(1 as never)).toThrow('measure: look must be a function')
  expect(() => measure(() => {}, { everyMs: -1 })).toThrow('measure: everyMs must be a finite number of at least 0, got -1')
})
