import { expect, it } from 'vitest'
import { forEach, OptionError, toArray } from '@sluice/core'
import { SliceScheduler } from '@sluice/core/authoring'
import { explore, manualSource, trackedSource, VirtualClock } from '@sluice/testing'
import { arriving, randomArrivals, type Arrivals } from '../../test/arrivals'
import { chunks, underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { sessionWindow } from './session-window'

underLaw('sessionWindow', {
  '1000, { maxCount: 4 }': { make: () => sessionWindow(1000, { maxCount: 4 }), reference: (values) => chunks(values, 4), timed: true },
  '10, { maxCount: 300, maxMs: 500 }': { make: () => sessionWindow(10, { maxCount: 300, maxMs: 500 }), reference: (values) => chunks(values, 300), timed: true },
})

/** By the rule alone: the sessions of values that are read the moment they come. */
function sessions({ at }: Arrivals<number>, gapMs: number, maxCount: number, maxMs: number): number[][] {
  const all: { first: number; last: number; values: number[] }[] = []
  for (const { time, value } of at) {
    const open = all.at(-1)
    if (open && open.values.length < maxCount && time < open.last + gapMs && time < open.first + maxMs) {
      open.values.push(value)
      open.last = time
    } else {
      all.push({ first: time, last: time, values: [value] })
    }
  }
  return all.map(({ values }) => values)
}

it.each([[10, 5, Infinity], [10, 100, 15], [3, 4, 6]])('sessions end after %i ms without a value, with %i values, after %d ms', async (gapMs, maxCount, maxMs) => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, 30)
    const { source } = arriving(clock, arrivals)
    const seen: number[][] = []
    const bounds = maxMs === Infinity ? { maxCount } : { maxCount, maxMs }
    const run = source.pipe(sessionWindow(gapMs, bounds)).to(forEach((session) => { seen.push(session) })).run({ clock, scheduler })
    const settled = run.then(() => undefined, (error: unknown) => error)
    expect(await clock.runOut(settled, scheduler.resting)).toBe(arrivals.failure)
    expect(seen).toEqual(sessions(arrivals, gapMs, maxCount, maxMs))
    expect(clock.pendingTimers).toBe(0)
  })
})

it('moves its one timer on with the values, and has none while there is no session', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const seen: unknown[] = []
  const run = probe.source.pipe(sessionWindow(10, { maxCount: 100 })).to(forEach((session) => { seen.push([clock.now(), session]) })).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  for (let n = 0; n < 5; n++) {
    probe.emit(n)
    await clock.advance(9)
    expect(clock.pendingTimers).toBe(1)
  }
  await clock.advance(1)
  expect(seen).toEqual([[3_600_046, [0, 1, 2, 3, 4]]])
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('does not take the time downstream needs for a pause', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const seen: number[][] = []
  const run = probe.source.pipe(sessionWindow(10, { maxCount: 2 })).to(forEach(async (session) => {
    seen.push(session)
    await clock.sleep(100)
  })).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(50)
  probe.emit(4)
  await clock.advance(1000)
  expect(seen).toEqual([[1, 2], [3, 4]])
  await run.stop()
})

it('T2: settles every ticket once when it is cut off', async () => {
  for (const ms of [0, 5, 12, 35]) {
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3, 4, 5])
    const run = tracked.source.pipe(sessionWindow(10, { maxCount: 3 })).to(forEach(() => clock.sleep(20))).run({ clock })
    await clock.advance(ms)
    await clock.runOut(run.abort())
    await expect(run.then(() => {})).rejects.toThrow('was aborted')
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  }
})

it('O13: refuses what cannot work', () => {
  expect(() => sessionWindow(0, { maxCount: 1 })).toThrow(OptionError)
  expect(() => sessionWindow(10, undefined as never)).toThrow('sessionWindow: maxCount must be a whole number of at least 1, got undefined')
  expect(() => sessionWindow(10, { maxCount: 1, maxMs: 0 })).toThrow('sessionWindow: maxMs must be a finite number')
})

it('O20: what is read in the middle of a pull that takes longer than the gap begins the next session', async () => {
  const clock = new VirtualClock()
  const tracked = trackedSource([1, 2, 3])
  const slow = map((n: number) => {
    clock.fire(n === 1 ? 0 : 25)
    return n
  })
  const run = tracked.source.pipe(slow, sessionWindow(10, { maxCount: 100 })).to(toArray()).run({ clock, scheduler: new ByOnes(new VirtualClock()) })
  expect(await clock.runOut(run)).toEqual([[1], [2], [3]])
  expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
})

/** Asks for one value at a time. */
class ByOnes extends SliceScheduler {
  override get batch(): number {
    return 1
  }
}
