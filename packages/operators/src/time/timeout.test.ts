import { expect, it } from 'vitest'
import { drain, failing, from, never, OptionError, range, TimeoutError, toArray } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { timeout, type TimeoutOptions } from './timeout'

underLaw('timeout', {
  '{ idleMs: 100 }': { make: () => timeout({ idleMs: 100 }), reference: (values) => [...values], timed: true },
  '{ firstMs, totalMs, backpressureMs, onTimeout }': {
    make: () => timeout({ firstMs: 100, totalMs: 100, backpressureMs: 100, onTimeout: () => undefined }), reference: (values) => [...values], timed: true,
  },
})

/** When and with what message it fails, and what was out by then. */
async function fate(arrivals: readonly Timed<number>[], endAt: number, options: TimeoutOptions, busyMs = 0): Promise<[number, unknown, number]> {
  const clock = new VirtualClock()
  const out: Timed<number>[] = []
  const run = timeline(arrivals, { at: endAt }).source.pipe(timeout(options)).to(timedSink(clock, out, () => busyMs)).run({ clock })
  const error = await clock.runOut(settled(run))
  expect(clock.pendingTimers).toBe(0)
  if (error !== undefined) expect(error).toBeInstanceOf(TimeoutError)
  return [clock.now(), error instanceof Error ? error.message : error, out.length]
}

const every = (ms: number, count: number): Timed<number>[] => Array.from({ length: count }, (_, i) => ({ at: (i + 1) * ms, value: i }))

it('firstMs counts until the first value, and only until then', async () => {
  expect(await fate(every(30, 3), 100, { firstMs: 20 })).toEqual([20, 'timeout: no first value came within 20 ms (firstMs)', 0])
  expect(await fate(every(30, 3), 100, { firstMs: 31 })).toEqual([100, undefined, 3])
})

it('idleMs counts between values, and until the first where firstMs is not given', async () => {
  expect(await fate([{ at: 5, value: 1 }, { at: 10, value: 2 }, { at: 50, value: 3 }], 100, { idleMs: 20 })).toEqual([30, 'timeout: no value came for 20 ms (idleMs)', 2])
  expect(await fate(every(30, 1), 31, { idleMs: 20 })).toEqual([20, 'timeout: no value came for 20 ms (idleMs)', 0])
  expect(await fate(every(30, 1), 31, { idleMs: 20, firstMs: 40 })).toEqual([31, undefined, 1])
})

it('time that downstream takes is no idle time', async () => {
  expect(await fate(every(1, 5), 6, { idleMs: 20 }, 100)).toEqual([501, undefined, 5])
})

it('totalMs counts all the while', async () => {
  expect(await fate(every(30, 30), 1000, { totalMs: 100 })).toEqual([100, 'timeout: it was not over within 100 ms (totalMs)', 3])
})

it('backpressureMs counts while downstream wants nothing; it learns of it when it asks again', async () => {
  expect(await fate(every(1, 5), 6, { backpressureMs: 20 }, 100)).toEqual([101, 'timeout: downstream wanted no value for 20 ms (backpressureMs)', 1])
  expect(await fate(every(1, 5), 6, { backpressureMs: 20 }, 19)).toEqual([96, undefined, 5])
})

it('closes the source at once when downstream is stuck, and tells onTimeout', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const told: string[] = []
  const operator = timeout({ backpressureMs: 20, name: 'guard', onTimeout: (which, error) => { told.push(which, error.message) } })
  const run = probe.source.pipe(operator).to(timedSink(clock, [], () => 1e6)).run({ clock })
  probe.emit(1)
  await clock.advance(21)
  expect(probe.closeCount).toBe(1)
  expect(told).toEqual(['backpressureMs', 'guard: downstream wanted no value for 20 ms (backpressureMs)'])
  expect(await clock.runOut(settled(run))).toBeInstanceOf(TimeoutError)
  expect(run.failure).toMatchObject({ stage: 'guard', position: 1 })
  expect(probe.closeCount).toBe(1)
})

it('goes on with the source that onTimeout answers, without timeouts', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const other = timeline([{ at: 50, value: 7 }, { at: 100, value: 8 }], { at: 101 })
  const run = probe.source.pipe(timeout({ idleMs: 10, onTimeout: () => other.source })).to(toArray()).run({ clock })
  probe.emit(1)
  expect(await clock.runOut(run)).toEqual([1, 7, 8])
  expect(clock.now()).toBe(111)
  expect(probe.closeCount).toBe(1)
  expect(other.settlements).toEqual([1, 1])
})

it('T1: tickets of both sources are acknowledged', async () => {
  const clock = new VirtualClock()
  const first = trackedSource([1, 2])
  const other = trackedSource([3, 4])
  const stuck = first.source.pipe(timeout({ totalMs: 10, onTimeout: () => other.source })).to(timedSink(clock, [], () => 20)).run({ clock })
  await clock.runOut(stuck)
  expect(first.statuses).toEqual(['ack'])
  expect(other.statuses).toEqual(['ack', 'ack'])
})

it('fails with what onTimeout throws, with what it answers that is no source, and with what its source fails with', async () => {
  const thrown = new Error('thrown')
  const end = async (onTimeout: NonNullable<TimeoutOptions['onTimeout']>): Promise<unknown> => {
    const clock = new VirtualClock()
    return clock.runOut(settled(never().pipe(timeout({ firstMs: 10, onTimeout })).to(drain()).run({ clock })))
  }
  expect(await end(() => { throw thrown })).toBe(thrown)
  expect(await end(() => failing(thrown))).toBe(thrown)
  expect(await end(() => 5 as never)).toBeInstanceOf(TypeError)
})

it('does what its model does, for any arrivals, consumer and times', async () => {
  await explore(120, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const some = (upTo: number): number | undefined => (random() < 0.5 ? 1 + Math.floor(random() * upTo) : undefined)
    const options = { firstMs: some(40), idleMs: some(60), totalMs: some(400), backpressureMs: some(60) }
    if (Object.values(options).every((ms) => ms === undefined)) return
    const arrivals = randomArrivals(random, Math.floor(random() * 20), 12)
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1 / 4096 }
    const slow = random() < 0.6 ? 50 : 0
    const busy = arrivals.map(() => (random() < 0.4 ? Math.floor(random() * slow) + 1 / 65_536 : 0))

    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const run = values.source.pipe(timeout(options)).to(timedSink(clock, out, () => busy[out.length - 1]!)).run({ clock, scheduler })
    const error = await clock.runOut(settled(run), scheduler.resting)

    const { firstMs, idleMs = Infinity, totalMs = Infinity, backpressureMs = Infinity } = options
    const expected: Timed<number>[] = []
    let pulledAt = 0
    let which: string | undefined
    for (const [i, { at, value }] of [...arrivals, { at: end.at, value: -1 }].entries()) {
      const waitLimit = pulledAt + (i === 0 ? (firstMs ?? idleMs) : idleMs)
      const comes = Math.max(at, pulledAt)
      if (comes > Math.min(waitLimit, totalMs)) {
        which = totalMs < waitLimit ? 'totalMs' : i === 0 && firstMs !== undefined ? 'firstMs' : 'idleMs'
        break
      }
      if (value < 0) break
      expected.push({ at: comes, value })
      pulledAt = comes + busy[i]!
      const takeLimit = comes + backpressureMs
      if (pulledAt > Math.min(takeLimit, totalMs)) {
        which = totalMs < takeLimit ? 'totalMs' : 'backpressureMs'
        break
      }
    }
    expect(rounded(out)).toEqual(rounded(expected))
    expect(error === undefined ? undefined : /\((\w+)\)$/.exec((error as Error).message)?.[1]).toBe(which)
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    expect(clock.pendingTimers).toBe(0)
  })
}, 60_000)

it('rests with one timer, however long nothing comes, and a hundred thousand values arm it once', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(timeout({ idleMs: 4e6, totalMs: 8e6 })).to(drain()).run({ clock })
  probe.emit(1)
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1)
  await run.stop()
  expect(clock.pendingTimers).toBe(0)

  let timers = 0
  const counting = { now: () => performance.now(), after: () => { timers++; return () => {} } }
  await range(0, 100_000).pipe(timeout({ idleMs: 60_000, backpressureMs: 70_000 })).to(drain()).run({ clock: counting })
  expect(timers).toBeLessThan(3)
})

it('aborting the run inside onTimeout opens nothing any more', async () => {
  const clock = new VirtualClock()
  const other = manualSource<number>()
  const run = never().pipe(timeout({ firstMs: 10, onTimeout: () => { void run.abort('enough'); return other.source } })).to(drain()).run({ clock })
  expect(await clock.runOut(settled(run))).toBe('enough')
  await settle(2)
  expect(other.pulls).toBe(0)
})

it('O13: refuses times that are none, and none at all', () => {
  expect(() => timeout({})).toThrow(OptionError)
  expect(() => timeout({})).toThrow('timeout: idleMs must be given, or firstMs, totalMs or backpressureMs, got undefined')
  expect(() => timeout({ idleMs: 0 })).toThrow('timeout: idleMs must be above 0, got 0')
  expect(() => timeout({ totalMs: -1 })).toThrow('timeout: totalMs must be a finite number of at least 0, got -1')
  expect(() => timeout({ firstMs: 1, onTimeout: 5 as never })).toThrow('timeout: onTimeout must be a function, got 5')
  expect(() => from([1]).pipe(timeout({ firstMs: 1 }))).not.toThrow()
})
