import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { forEach, from, OptionError, range, retry, toArray } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import type { EventWindow } from './event-windows'
import { windowEventTime, type WindowEventTimeOptions } from './window-event-time'

/** A time that every value has: numbers tell their own. */
const time = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** All windows of values that come in order. */
function windows(values: readonly unknown[], sizeMs: number, everyMs: number): EventWindow<unknown>[] {
  const all = new Map<number, EventWindow<unknown>>()
  for (const value of values) {
    for (let start = Math.floor((time(value) - sizeMs) / everyMs + 1) * everyMs; start <= time(value); start += everyMs) {
      const window = all.get(start) ?? { start, end: start + sizeMs, values: [] }
      window.values.push(value)
      all.set(start, window)
    }
  }
  return [...all.values()].sort((a, b) => a.start - b.start)
}

underLaw('windowEventTime', {
  'sizeMs: 10': {
    make: () => windowEventTime({ sizeMs: 10, time, maxWindows: 2, maxCount: 100 }),
    reference: (values) => windows(values, 10, 10), ahead: 1,
    withProbe: (probe) => windowEventTime({ sizeMs: 10, time: (value) => { probe(value); return time(value) }, maxWindows: 2, maxCount: 100 }),
  },
  'sizeMs: 20, everyMs: 5, latenessMs: 7': {
    make: () => windowEventTime({ sizeMs: 20, everyMs: 5, time, latenessMs: 7, maxWindows: 6, maxCount: 100 }),
    reference: (values) => windows(values, 20, 5), ahead: 8,
  },
})

interface Event { readonly id: number; readonly at: number }

/** By the rule alone, one event after the other. */
function model(events: readonly Event[], { sizeMs, everyMs = sizeMs, latenessMs = 0, maxCount }: WindowEventTimeOptions<Event>) {
  let open: EventWindow<number>[] = []
  let watermark = -Infinity
  const out: EventWindow<number>[] = []
  const late: number[] = []
  const close = (which: (window: EventWindow<number>) => boolean): void => {
    out.push(...open.filter(which).sort((a, b) => a.start - b.start))
    open = open.filter((window) => !which(window))
  }
  for (const { id, at } of events) {
    watermark = Math.max(watermark, at - latenessMs)
    close((window) => window.end <= watermark)
    let taken = false
    for (let start = Math.floor(at / everyMs) * everyMs; start + sizeMs > at; start -= everyMs) {
      if (start + sizeMs <= watermark) continue
      taken = true
      let window = open.find((other) => other.start === start)
      if (!window) open.push((window = { start, end: start + sizeMs, values: [] }))
      window.values.push(id)
    }
    close((window) => window.values.length === maxCount)
    if (!taken) late.push(id)
  }
  close(() => true)
  return { out, late }
}

it.each<[number, number, number, number]>([[10, 10, 0, 99], [10, 10, 15, 99], [20, 5, 3, 99], [9, 4, 30, 99], [20, 10, 10, 3]])('size %i every %i, lateness %i, parts of %i: as the rule says, in any order of events', async (sizeMs, everyMs, latenessMs, maxCount) => {
  await explore(80, async ({ random, scheduler }) => {
    const events = Array.from({ length: 40 }, (_, id) => ({ id, at: Math.floor(id * 2 + random() * 40 - 20) }))
    const late: number[] = []
    const options = { sizeMs, everyMs, latenessMs, maxCount, maxWindows: 100, time: ({ at }: Event) => at }
    const run = from(events).pipe(windowEventTime({ ...options, onLate: ({ id }) => { late.push(id) } })).to(toArray()).run({ scheduler })
    const seen = (await run).map(({ start, end, values }) => ({ start, end, values: values.map(({ id }) => id) }))
    const expected = model(events, options)
    expect(seen).toEqual(expected.out)
    expect(late).toEqual(expected.late)
    expect(run.stats().stages.find((stage) => stage.name === 'windowEventTime')?.dropped).toBe(late.length)
  })
})

const inTens = (options: Partial<WindowEventTimeOptions<number>> = {}) =>
  windowEventTime<number>({ sizeMs: 10, time: (ms) => ms, maxWindows: 10, maxCount: 100, ...options })

it('hands on a window the moment the watermark reaches its end, and needs no timer', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const seen: number[][] = []
  const run = probe.source.pipe(inTens({ latenessMs: 5 })).to(forEach(({ values }) => { seen.push(values) })).run({ clock })
  probe.emit(1, 9, 14)
  await settle()
  expect(seen).toEqual([])
  probe.emit(3, 15)
  await clock.advance(3_600_000)
  expect([seen, clock.pendingTimers]).toEqual([[[1, 9, 3]], 0])
  await run.stop()
  expect(seen).toEqual([[1, 9, 3], [14, 15]])
})

it('ends the earliest windows where there would be too many: what comes for them then is late', async () => {
  const late: number[] = []
  const run = from([5, 25, 45, 7, 65, 26]).pipe(inTens({ latenessMs: 1000, maxWindows: 2, onLate: (ms) => { late.push(ms) } })).to(toArray()).run()
  expect((await run).map(({ start }) => start)).toEqual([0, 20, 40, 60])
  expect(late).toEqual([7, 26])
})

it('does not give up a later window for an earlier one that would be one too many', async () => {
  const late: number[] = []
  const run = from([45, 25, 5]).pipe(inTens({ latenessMs: 1000, maxWindows: 2, onLate: (ms) => { late.push(ms) } })).to(toArray()).run()
  expect((await run).map(({ start }) => start)).toEqual([20, 40])
  expect(late).toEqual([5])
})

it('R30, R31: a value without a time is skipped, or its time asked for again', async () => {
  const run = from([1, Number.NaN, 2]).pipe(inTens({ onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([{ start: 0, end: 10, values: [1, 2] }])
  const failing = from([1, Number.NaN]).pipe(inTens()).to(toArray()).run()
  await expect(failing).rejects.toThrow('windowEventTime: time must answer a finite number from -11258999068426240 to 11258999068426240, got NaN')
  let asked = 0
  const again = range(1, 2).pipe(inTens({ time: (ms) => { if (asked++ === 1) throw new Error('once'); return ms }, onError: retry({ times: 1, delayMs: 0 }) })).to(toArray()).run()
  expect(await again).toEqual([{ start: 0, end: 10, values: [1, 2] }])
})

it('T2: settles every ticket once; late values are dealt with', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const tracked = trackedSource(Array.from({ length: 60 }, (_, id) => Math.floor(id + random() * 30)))
    const failAt = random() < 0.4 ? Math.floor(random() * 20) : -1
    let count = 0
    const run = tracked.source.pipe(inTens({ everyMs: 4, latenessMs: 5, maxWindows: 5, maxCount: 4 })).to(forEach(async () => {
      await settle(1)
      if (count++ === failAt) throw new Error('no')
    })).run({ scheduler })
    const settled = run.then(() => 'completed', () => 'failed')
    if (random() < 0.3) {
      await settle(Math.floor(random() * 20))
      await run.abort()
    }
    const how = await settled
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    if (how === 'completed') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
  })
})

it('O13: refuses what cannot work', () => {
  expect(() => windowEventTime(undefined as never)).toThrow('windowEventTime: sizeMs must be a finite number')
  expect(() => inTens({ time: undefined as never })).toThrow('windowEventTime: time must be a function, got undefined')
  expect(() => inTens({ everyMs: 11 })).toThrow(OptionError)
  expect(() => inTens({ everyMs: 3, maxWindows: 3 })).toThrow('windowEventTime: maxWindows must be a whole number of at least 4, got 3')
  expect(() => inTens({ maxCount: undefined as never })).toThrow('windowEventTime: maxCount must be a whole number of at least 1, got undefined')
  expect(() => inTens({ latenessMs: -1 })).toThrow('windowEventTime: latenessMs must be')
  expect(() => inTens({ onLate: 1 as never })).toThrow('windowEventTime: onLate must be a function, got 1')
  expect(() => inTens({ onError: 'no' as never })).toThrow('windowEventTime: onError must be')
})

it('O20: each value is in exactly one window where these lie edge to edge, and within its bounds, whatever fractions it has', async () => {
  const times = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0, 0, 0.1, 0.5)), { maxLength: 20 })
  await fc.assert(fc.asyncProperty(fc.constantFrom(0.1, 0.3, 1 / 3, 0.7, 1.1, 25), times, async (sizeMs, given) => {
    const happened = given.map(([index, part]) => (index + part) * sizeMs)
    const windows = await from(happened).pipe(windowEventTime<number>({ sizeMs, time: (time) => time, latenessMs: 1e9, maxWindows: 200, maxCount: 100 })).to(toArray()).run()
    expect(windows.flatMap(({ values }) => values).sort((a, b) => a - b)).toEqual([...happened].sort((a, b) => a - b))
    for (const { start, end, values } of windows) for (const value of values) expect([value >= start, value < end]).toEqual([true, true])
  }), { numRuns: 100 })
})

it('R43: a time too far away to count its windows is a failure of its item', async () => {
  const far = from([2 ** 51]).pipe(windowEventTime<number>({ sizeMs: 1, time: (time) => time, maxWindows: 1, maxCount: 1 })).to(toArray()).run()
  await expect(far).rejects.toThrow('windowEventTime: time must answer a finite number from')
})
