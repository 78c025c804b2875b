import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { forEach, from, OptionError, toArray } from '@sluice/core'
import { SliceScheduler } from '@sluice/core/authoring'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { arriving, randomArrivals, type Arrivals } from '../../test/arrivals'
import { chunks, underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { windowTime } from './window-time'

underLaw('windowTime', {
  '1000, { maxCount: 100 }': { make: () => windowTime(1000, { maxCount: 100 }), reference: (values) => chunks(values, 100), timed: true },
  '1000, { everyMs: 600, maxCount: 3 }': { make: () => windowTime(1000, { everyMs: 600, maxCount: 3 }), reference: (values) => chunks(values, 3), timed: true },
})

/** By the rule alone: the windows of values that are read the moment they come. */
function windows({ at, endsAt }: Arrivals<number>, ms: number, everyMs: number): number[][] {
  const origin = at[0]!.time
  const all: number[][] = []
  let fresh = 0
  let index = 0
  const within = (from: number, to: number) => at.filter(({ time }) => time >= from && time < to).map(({ value }) => value)
  for (; origin + index * everyMs + ms <= endsAt; index++) {
    const window = within(origin + index * everyMs, origin + index * everyMs + ms)
    if (window.length === 0) continue
    all.push(window)
    fresh = window.at(-1)! + 1
  }
  const rest = within(origin + index * everyMs, Infinity)
  return fresh < at.length ? [...all, rest] : all
}

it.each([[20, 20], [20, 7], [50, 10], [10, 9]])('windows of %i ms every %i ms have what came in their time', async (ms, everyMs) => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, 60)
    const { source } = arriving(clock, arrivals)
    const seen: number[][] = []
    const run = source.pipe(windowTime(ms, { everyMs, maxCount: 1000 })).to(forEach((window) => { seen.push(window) })).run({ clock, scheduler })
    const settled = run.then(() => undefined, (error: unknown) => error)
    expect(await clock.runOut(settled, scheduler.resting)).toBe(arrivals.failure)
    expect(seen).toEqual(windows(arrivals, ms, everyMs))
    expect(clock.pendingTimers).toBe(0)
  })
})

it('holds back while maxCount values are held, and reads on when a window is over', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(windowTime(100, { maxCount: 2 })).to(toArray()).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(99)
  expect(probe.delivered).toBe(2)
  await clock.advance(1)
  expect(probe.delivered).toBe(3)
  probe.end()
  expect(await clock.runOut(run)).toEqual([[1, 2], [3]])
})

it('needs no timer while nothing is held, and passes over windows without a value', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const seen: unknown[] = []
  const run = probe.source.pipe(windowTime(100, { everyMs: 50, maxCount: 10 })).to(forEach((window) => { seen.push([clock.now(), window]) })).run({ clock })
  await clock.advance(30)
  probe.emit(1)
  await settle()
  expect(clock.pendingTimers).toBe(1)
  await clock.advance(3_600_000)
  expect([seen, clock.pendingTimers]).toEqual([[[130, [1]]], 0])
  probe.emit(2)
  await clock.advance(3_600_000)
  expect(seen[1]).toEqual([3_600_080, [2]])
  expect([seen.length, clock.pendingTimers]).toEqual([3, 0])
  await run.stop()
})

it('T2: settles every ticket once, and as its windows were dealt with', async () => {
  await explore(80, async ({ scheduler, random }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 40 }, (_, i) => i))
    const slowly = from(tracked.source).pipe(windowTime(20, { everyMs: 6, maxCount: 5 }))
    const failAt = random() < 0.3 ? Math.floor(random() * 8) : -1
    let count = 0
    const run = slowly.to(forEach(async () => {
      await clock.sleep(Math.floor(random() * 10))
      if (count++ === failAt) throw new Error('no')
    })).run({ clock, scheduler })
    const settled = run.then(() => 'completed', () => 'failed')
    if (random() < 0.3) clock.after(Math.floor(random() * 100), () => void run.abort())
    const how = await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    if (how === 'completed') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
  })
})

it('O13: refuses what cannot work', () => {
  expect(() => windowTime(0, { maxCount: 1 })).toThrow('windowTime: ms must be a finite number')
  expect(() => windowTime(10, undefined as never)).toThrow('windowTime: maxCount must be a whole number of at least 1, got undefined')
  expect(() => windowTime(10, { maxCount: 1, everyMs: 11 })).toThrow(OptionError)
  expect(() => windowTime(10, { maxCount: 1, everyMs: 0 })).toThrow('windowTime: everyMs must be a finite number')
})

it('O20: each value is in exactly one window where these lie edge to edge, whatever fractions the clock has', async () => {
  const steps = fc.array(fc.oneof(fc.constant('on the next boundary' as const), fc.double({ min: 0, max: 70, noNaN: true })), { minLength: 1, maxLength: 6 })
  await fc.assert(fc.asyncProperty(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0.5, max: 40, noNaN: true }), steps, async (startMs, ms, given) => {
    const clock = new VirtualClock(startMs)
    const probe = manualSource<number>()
    const run = probe.source.pipe(windowTime(ms, { maxCount: 100 })).to(toArray()).run({ clock, scheduler: new SliceScheduler(new VirtualClock()) })
    const origin = startMs + 1
    const at: number[] = []
    await clock.advance(1)
    probe.emit(0)
    await settle(1)
    let index = 0
    for (const [n, step] of given.entries()) {
      const next = index * ms + ms
      await clock.advance(Math.max(0, step === 'on the next boundary' ? origin + next - clock.now() : step))
      at.push(clock.now() - origin)
      index = Math.floor((clock.now() - origin) / ms)
      probe.emit(n + 1)
      await settle(1)
    }
    probe.end()
    const windows = await clock.runOut(run)
    expect(windows.flat()).toEqual([0, ...given.keys()].map((_, n) => n))
    for (const window of windows) {
      const times = window.map((n) => at[n - 1] ?? 0)
      expect(times.at(-1)! - times[0]!).toBeLessThan(ms + 1e-6)
    }
  }), { numRuns: 15, endOnFailure: true })
}, 20_000)

it('O20: what is read in the middle of a pull that takes longer than the window falls into a later one, once', async () => {
  const clock = new VirtualClock()
  const slow = from([1, 2, 3]).pipe(map((n) => {
    clock.fire(n === 1 ? 0 : 25)
    return n
  }))
  const run = slow.pipe(windowTime(10, { maxCount: 100 })).to(toArray()).run({ clock, scheduler: new ByOnes() })
  expect(await clock.runOut(run)).toEqual([[1], [2], [3]])
})

it.each([0, 1e-4])('O13: refuses windows of %s ms, which no clock could tell apart', (ms) => {
  expect(() => windowTime(ms, { maxCount: 1 })).toThrow('windowTime: ms must be a finite number of at least 0.001')
})

/** Asks for one value at a time. */
class ByOnes extends SliceScheduler {
  override get batch(): number {
    return 1
  }
}
