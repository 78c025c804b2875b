import { describe, expect, it } from 'vitest'
import { map, rateLimit, throttle } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { forEach, Limit, OptionError, range, setRate, type Operator, type Run } from '../index'

const rate = { count: 1, perMs: 100 }
const STAGES: Readonly<Record<string, () => Operator<number, number>>> = {
  throttle: () => throttle({ rate, name: 'pace' }),
  'throttle with keys': () => throttle({ rate, key: () => 'one', name: 'pace' }),
  rateLimit: () => rateLimit({ rate, name: 'pace' }),
  'rateLimit with keys': () => rateLimit({ rate, key: () => 'one', name: 'pace' }),
}

function played(pace: Operator<number, number>): { clock: VirtualClock; run: Run<unknown>; times: number[] } {
  const clock = new VirtualClock()
  const times: number[] = []
  const run = range(0, 1_000_000).pipe(pace).to(forEach(() => { times.push(clock.now()) })).run({ clock })
  run.catch(() => {})
  return { clock, run, times }
}

describe.each(Object.entries(STAGES))('R86: the rate of a stage is changed while its run goes on: %s', (_name, pace) => {
  it('slower and faster, from now on; who waits goes by the new rate, and none is lost', async () => {
    const { clock, run, times } = played(pace())
    await clock.advance(450)
    expect(times).toEqual([0, 100, 200, 300, 400])
    expect(setRate(run, 'pace', { count: 1, perMs: 10 })).toBe(true)
    await clock.advance(50)
    expect(times.length).toBeGreaterThanOrEqual(9)
    expect(times.length).toBeLessThanOrEqual(11)
    expect(run.stats().stages.find(({ id }) => id === 'pace')?.adjustable).toEqual({ concurrency: null, rate: { count: 1, perMs: 10, burst: 1 } })
    const before = times.length
    setRate(run, 'pace', { count: 1, perMs: 1000 })
    await clock.advance(3500)
    expect(times.length - before).toBeGreaterThanOrEqual(3)
    expect(times.length - before).toBeLessThanOrEqual(4)
    await run.abort()
  })

  it('gives no burst beyond that of the new rate', async () => {
    const { clock, run, times } = played(pace())
    setRate(run, 'pace', { count: 1, perMs: 50, burst: 3 })
    await clock.advance(1000)
    expect(times.length).toBeGreaterThanOrEqual(20)
    expect(times.length).toBeLessThanOrEqual(24)
    // A long rest by the consumer fills the bucket, and no more.
    run.pause()
    await clock.advance(10_000)
    const before = times.length
    run.resume()
    await clock.advance(99)
    expect(times.length - before).toBeLessThanOrEqual(5)
    await run.abort()
  })
})

it('R86: a value of a cost that was allowed may always pass', async () => {
  const { clock, run, times } = played(throttle({ rate: { count: 10, perMs: 100 }, cost: 10, name: 'pace' }))
  await clock.advance(250)
  setRate(run, 'pace', { count: 1, perMs: 100 })
  await clock.advance(3000)
  expect(run.status).toBe('running')
  expect(times.length).toBeGreaterThanOrEqual(5)
  await run.abort()
})

it('R86: is refused where there is no rate of its own, and for a wrong one', async () => {
  const limit = new Limit({ rate: 1000 })
  const run = range(0, 2).pipe(map((n) => n), throttle({ limit, name: 'shared' }), throttle({ rate: 1000 })).to(forEach(() => {})).run()
  for (const stage of ['range', 'map', 'shared']) expect(() => { setRate(run, stage, 2) }).toThrow('setRate: stage must be a stage with a rate of its own')
  for (const wrong of [0, -1, 1.5, NaN, { count: 0 }, { count: 1, perMs: 0 }, { count: 1, brust: 2 }]) expect(() => { setRate(run, 'throttle', wrong) }).toThrow(OptionError)
  expect(() => { setRate({} as never, 'throttle', 2) }).toThrow('setRate: expected a run')
  await run
  expect(setRate(run, 'throttle', 5)).toBe(false)
  expect(run.stats().stages.find(({ id }) => id === 'throttle')?.adjustable?.rate?.count).toBe(1000)
})
