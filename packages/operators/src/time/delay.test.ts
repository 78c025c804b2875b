import { expect, it } from 'vitest'
import { drain, OptionError } from '@sluice/core'
import { explore, manualSource, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, seen, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { delay } from './delay'

underLaw('delay', {
  '20, { capacity: 4 }': { make: () => delay(20, { capacity: 4 }), reference: (values) => [...values], timed: true, ahead: 4 },
  20: { make: () => delay(20), reference: (values) => [...values], timed: true, ahead: 256 },
  0: { make: () => delay(0, { capacity: 1 }), reference: (values) => [...values], timed: true, ahead: 1 },
})

it('hands on each value in its time, and ends with the last', async () => {
  expect(await seen([[0, 1], [5, 2], [30, 3]], 31, delay(20))).toEqual([[20, 1], [25, 2], [50, 3]])
})

it('lets no more pass per time than there is room for', async () => {
  expect(await seen([[0, 1], [0, 2], [0, 3], [0, 4], [0, 5]], 1, delay(20, { capacity: 2 }))).toEqual([[20, 1], [20, 2], [40, 3], [40, 4], [60, 5]])
})

it('on failure of the source hands on what is in delay, each in its time, then fails', async () => {
  const clock = new VirtualClock()
  const out: Timed<number>[] = []
  const error = new Error('boom')
  const values = timeline([{ at: 0, value: 1 }, { at: 15, value: 2 }], { at: 16, error })
  const run = values.source.pipe(delay(20)).to(timedSink(clock, out)).run({ clock })
  expect(await clock.runOut(settled(run))).toBe(error)
  expect(out).toEqual([{ at: 20, value: 1 }, { at: 35, value: 2 }])
})

it('does what its model does, for any arrivals, consumer, capacity and end', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const capacity = 1 + Math.floor(random() * 4)
    const ms = Math.floor(random() * 40)
    const arrivals = randomArrivals(random, Math.floor(random() * 30), 15)
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1, error: random() < 0.3 ? new Error('end') : undefined }
    const slow = random() < 0.5 ? 40 : 0
    const busy = arrivals.map(() => Math.floor(random() * slow) + (slow > 0 ? 1 / 65_536 : 0))
    const abortAt = random() < 0.3 ? Math.floor(random() * end.at) + 1 / 3 : Infinity

    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const run = values.source.pipe(delay(ms, { capacity })).to(timedSink(clock, out, () => busy[out.length - 1]!)).run({ clock, scheduler })
    const outcome = settled(run)
    if (abortAt < Infinity) clock.after(abortAt, () => void run.abort())
    await clock.runOut(outcome, scheduler.resting)

    const expected: Timed<number>[] = []
    for (const [i, { at, value }] of arrivals.entries()) {
      const taken = Math.max(at, expected[i - capacity]?.at ?? 0)
      const free = i === 0 ? 0 : expected[i - 1]!.at + busy[i - 1]!
      expected.push({ at: Math.max(taken + ms, free), value })
    }
    expect(rounded(out)).toEqual(rounded(expected.filter(({ at }) => at < abortAt)))
    if (abortAt === Infinity) expect(await outcome).toBe(end.error)
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    clock.fire(1e6)
    expect(clock.pendingTimers).toBe(0)
  })
}, 60_000)

it('rests with one timer at most, and with none while nothing is in delay', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(delay(7_200_000)).to(drain()).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1)
  await clock.advance(7_200_000)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('O13: refuses a time or a capacity that is none', () => {
  expect(() => delay(-1)).toThrow(OptionError)
  expect(() => delay(Infinity)).toThrow('delay: delayMs must be a finite number of at least 0, got Infinity')
  expect(() => delay(1, { capacity: 0 })).toThrow('delay: capacity must be a whole number of at least 1, got 0')
})
