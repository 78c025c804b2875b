import { expect, it } from 'vitest'
import { from, type Operator } from '@sluice/core'
import { explore, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { auditTime, debounce, sample, throttleFirst, throttleLast } from '../index'

const MS = 20

/** What each would emit if its consumer were always ready: a push operator, written over the whole list. */
type Model = (arrivals: readonly Timed<number>[], endAt: number) => Timed<number>[]

const models: Record<string, { readonly make: () => Operator<number, number>; readonly model: Model; readonly keepLast: boolean }> = {
  debounce: {
    make: () => debounce(MS),
    keepLast: true,
    model: (arrivals) => arrivals.filter(({ at }, i) => (arrivals[i + 1]?.at ?? Infinity) > at + MS).map(({ at, value }) => ({ at: at + MS, value })),
  },
  auditTime: {
    make: () => auditTime(MS),
    keepLast: true,
    model: (arrivals) => windows(arrivals, (at, _end) => at + MS),
  },
  throttleLast: {
    make: () => throttleLast(MS),
    keepLast: true,
    model: (arrivals) => windows(arrivals, (at, end) => (at < end + MS ? end + MS : at + MS)),
  },
  sample: {
    make: () => sample(MS),
    keepLast: false,
    model: (arrivals) => windows(arrivals, (at) => (Math.floor(at / MS) + 1) * MS),
  },
  throttleFirst: {
    make: () => throttleFirst(MS),
    keepLast: true,
    model: (arrivals) => {
      const out: Timed<number>[] = []
      for (const arrival of arrivals) if (arrival.at >= (out.at(-1)?.at ?? -Infinity) + MS) out.push(arrival)
      return out
    },
  },
}

/** The last value before the end of each window; `endOf` says when the one that a value begins is over. */
function windows(arrivals: readonly Timed<number>[], endOf: (at: number, lastEnd: number) => number): Timed<number>[] {
  const out: Timed<number>[] = []
  let end = -Infinity
  for (const { at, value } of arrivals) {
    if (at < end) out[out.length - 1] = { at: end, value }
    else {
      end = endOf(at, end)
      out.push({ at: end, value })
    }
  }
  return out
}

/** What a consumer that is busy for a while with each value gets of that: always the latest; at the end all that is held. */
function consumed(emissions: readonly Timed<number>[], endAt: number, busyMs: () => number, keepLast: boolean): Timed<number>[] {
  const out: Timed<number>[] = []
  const queue = emissions.filter(({ at }) => at <= endAt)
  const last = emissions.find(({ at }) => at > endAt)
  let freeAt = 0
  for (const [i, { at, value }] of queue.entries()) {
    const takenAt = Math.max(at, freeAt)
    const next = queue[i + 1]
    if (next !== undefined && next.at < takenAt) continue
    out.push({ at: takenAt, value })
    freeAt = takenAt + busyMs()
  }
  if (last && keepLast) out.push({ at: Math.max(endAt, freeAt), value: last.value })
  return out
}

it.each(Object.keys(models))('%s does what its model does, for any arrivals, consumer and end', async (name) => {
  const { make, model, keepLast } = models[name]!
  await explore(60, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, Math.floor(random() * 30), [2, 12, 30][Math.floor(random() * 3)]!)
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1 / 4096 + Math.floor(random() * 3) * 15, error: random() < 0.3 ? new Error('end') : undefined }
    const slow = random() < 0.6 ? 50 : 0
    // The same choices for model and run; uneven, so that it never asks at the time at which something comes.
    const durations = Array.from({ length: 40 }, () => Math.floor(random() * slow) + (slow > 0 ? 1 / 65_536 : 0))
    const busy = (): (() => number) => {
      let i = 0
      return () => durations[i++]!
    }
    const abortAt = random() < 0.3 ? Math.floor(random() * end.at) + 1 / 3 : undefined

    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const run = values.source.pipe(make()).to(timedSink(clock, out, busy())).run({ clock, scheduler })
    const outcome = settled(run)
    if (abortAt !== undefined) clock.after(abortAt, () => void run.abort())
    await clock.runOut(outcome, scheduler.resting)

    const expected = consumed(model(arrivals, end.at), end.at, busy(), keepLast)
    expect(rounded(out)).toEqual(rounded(expected.filter(({ at }) => at < (abortAt ?? Infinity))))
    if (abortAt === undefined) {
      expect(await outcome).toBe(end.error)
      expect(run.stats().stages[1]!.dropped).toBe(arrivals.length - out.length)
    }
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    clock.fire(1e6)
    expect(clock.pendingTimers).toBe(0)
  })
}, 60_000)

it.each(Object.keys(models))('%s rests with one timer at most when nothing has come for an hour', async (name) => {
  const clock = new VirtualClock()
  const values = timeline([{ at: 1, value: 1 }, { at: 2, value: 2 }], { at: 1e9 })
  const run = values.source.pipe(models[name]!.make()).to(timedSink(clock, [])).run({ clock })
  await clock.advance(3_600_000)
  // The timer of the source itself is one.
  expect(clock.pendingTimers).toBeLessThanOrEqual(2)
  await run.stop()
  expect(clock.pendingTimers).toBe(0)
})

it.each(Object.keys(models))('%s keeps consuming while its consumer is stuck, and holds two values at most', async (name) => {
  const clock = new VirtualClock()
  const arrivals = Array.from({ length: 500 }, (_, value) => ({ at: value * 7, value }))
  const values = timeline(arrivals, { at: 1e9 })
  const run = values.source.pipe(models[name]!.make()).to(timedSink(clock, [], () => 1e6)).run({ clock })
  await clock.advance(3600)
  expect(values.settlements).toHaveLength(500)
  expect(run.stats().stages[1]!.queue!.size).toBeLessThanOrEqual(2)
  await run.abort().then(() => run.then(() => {}, () => {}))
})

it('a fast source without end lets the consumer have its turns', async () => {
  const clock = new VirtualClock()
  const endless = from((function* () { for (let n = 0; ; n++) yield n })())
  const run = endless.pipe(throttleFirst(10)).to(timedSink(clock, [], () => 1)).run({ clock })
  for (let i = 0; i < 5; i++) await clock.advance(10)
  expect(run.stats().stages.at(-1)!.out).toBe(5)
  await run.stop()
})
