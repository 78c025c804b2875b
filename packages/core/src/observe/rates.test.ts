import fc from 'fast-check'
import { expect, it } from 'vitest'
import { VirtualClock } from '@sluice/testing'
import { count, interval } from '../index'
import { Rates } from './rates'

it('F3: a steady rate is told as it is from the first reading on, however often and by however many it is read', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 5_000 }), (waits, perSecond) => {
    const rates = new Rates(1000)
    const stage = {}
    let now = 1000
    for (const wait of waits) {
      now += wait
      const values = ((now - 1000) / 1000) * perSecond
      for (let reader = 0; reader < 2; reader++) {
        rates.begin(now)
        const told = rates.of(stage, values, 2 * values)
        expect(told.in5s).toBeCloseTo(perSecond, 4)
        expect(told.in60s).toBeCloseTo(perSecond, 4)
        expect(told.out5s).toBeCloseTo(2 * perSecond, 4)
      }
    }
  }))
})

it('F3: what is older counts less: a share of e^(-t/5 s), and of e^(-t/60 s)', () => {
  const rates = new Rates(0)
  const stage = {}
  rates.begin(60_000)
  rates.of(stage, 6_000, 0)
  rates.begin(65_000)
  const told = rates.of(stage, 6_000, 0)
  const expected = (overMs: number): number => (100 * (1 - Math.exp(-60_000 / overMs)) * Math.exp(-5_000 / overMs)) / (1 - Math.exp(-65_000 / overMs))
  expect(told.in5s).toBeCloseTo(expected(5_000), 9)
  expect(told.in60s).toBeCloseTo(expected(60_000), 9)
})

it('F3: a stage that was opened after the last reading is counted from then on, and a count that goes back is no rate below 0', () => {
  const rates = new Rates(0)
  rates.begin(10_000)
  rates.begin(11_000)
  const late = {}
  expect(rates.of(late, 50, 50).in5s).toBeCloseTo(50, 9)
  rates.begin(12_000)
  expect(rates.of(late, 10, 50).in5s).toBeGreaterThanOrEqual(0)
})

it('F3: the rates of a run are those of its clock, before the first value 0, and stand still once it has ended', async () => {
  const clock = new VirtualClock()
  const run = interval(10).to(count()).run({ clock })
  expect(run.stats().stages.map(({ rates }) => rates.out5s)).toEqual([0, 0])
  await clock.advance(1_000)
  expect(run.stats().stages[0]?.rates.out5s).toBeCloseTo(100, 6)
  await clock.advance(1_000)
  const { in5s, in60s, out60s } = run.stats().stages[1]?.rates ?? {}
  for (const rate of [in5s, in60s, out60s]) expect(rate).toBeCloseTo(100, 6)
  run.abort('enough')
  await run.catch(() => undefined)
  const ended = run.stats().stages.map(({ rates }) => rates)
  await clock.advance(10_000)
  expect(run.stats().stages.map(({ rates }) => rates)).toEqual(ended)
})
