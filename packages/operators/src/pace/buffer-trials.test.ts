import { describe, expect, it } from 'vitest'
import { deadLetter, drain, from, retry, toArray, type OnError } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { settled, timedSink } from '../../test/timeline'
import { buffer, type BufferOptions } from './buffer'

const BOOM = new Error('boom')

/** Each function of the user's; `probe` is called with every value that the function is asked about, and may throw. */
const asked: Record<string, (probe: (value: number) => void) => BufferOptions<number>> = {
  weigh: (probe) => ({ maxWeight: 100, weigh: (n) => { probe(n); return 1 } }),
  priority: (probe) => ({ levels: 2, priority: (n) => { probe(n); return 0 } }),
  compare: (probe) => ({ compare: (a, b) => { probe(a); probe(b); return 0 } }),
  key: (probe) => ({ key: (n) => { probe(n); return 0 } }),
}

/** Throws for 2, so many times. */
function troubled(times: number): (value: number) => void {
  return (value) => { if (value === 2 && times-- > 0) throw BOOM }
}

describe.each(Object.entries(asked))('%s', (_name, options) => {
  const edge = (times: number, onError?: OnError<number>, more?: BufferOptions<number>) => buffer<number>(10, { ...options(troubled(times)), ...more, onError })

  it('R30: with skip the value is left out alone, and counts as skipped', async () => {
    const tracked = trackedSource([1, 2, 3, 4])
    const run = tracked.source.pipe(edge(Infinity, 'skip')).to(toArray()).run()
    expect(await run).toEqual([1, 3, 4])
    expect(run.stats().totals).toMatchObject({ read: 4, delivered: 3, skipped: 1, failed: 0, dropped: 0, abandoned: 0 })
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
    expect(tracked.settlements).toEqual([1, 1, 1, 1])
  })

  it('R30: the first value of a run is judged by itself, too', async () => {
    expect(await from([2, 1, 3]).pipe(edge(Infinity, 'skip')).to(toArray()).run()).toEqual([1, 3])
  })

  it.each([0, 5])('R31: retry after %s ms asks again, nothing is read meanwhile, and the order stays', async (delayMs) => {
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3, 4])
    const run = tracked.source.pipe(edge(2, retry({ times: 3, delayMs, factor: 1, jitter: 0 }))).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([1, 2, 3, 4])
    expect(run.stats().totals).toMatchObject({ read: 4, delivered: 4, skipped: 0 })
    expect(run.stats().stages[1]).toMatchObject({ errors: 2, retries: 2 })
    expect(tracked.settlements).toEqual([1, 1, 1, 1])
  })

  it('R31: when the tries are used up what came before is delivered, then the run fails', async () => {
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3])
    const out: number[] = []
    const run = tracked.source.pipe(edge(Infinity, retry({ times: 2, delayMs: 5 }), { name: 'edge' })).to(timedSink(clock, out as never)).run({ clock })
    expect(await clock.runOut(settled(run))).toBe(BOOM)
    expect(out).toHaveLength(1)
    expect(run.failure).toMatchObject({ stage: 'edge', item: 2, attempt: 3 })
    expect(tracked.statuses).toEqual(['ack', 'nack'])
  })

  it('R33, T3: a dead letter is written, and its value acknowledged', async () => {
    const letters: unknown[] = []
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(edge(Infinity, deadLetter(timedSink(clock, letters as never) as never))).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([1, 3])
    expect(letters).toHaveLength(1)
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, deadLettered: 1 })
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
  })

  it('O6: without onError what came before is delivered, then the run fails', async () => {
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(edge(Infinity)).to(drain()).run()
    expect(await settled(run)).toBe(BOOM)
    expect(run.failure).toMatchObject({ stage: 'buffer', item: 2, attempt: 1 })
    expect(run.stats().totals).toMatchObject({ delivered: 1, failed: 1 })
    expect(tracked.statuses.slice(0, 2)).toEqual(['ack', 'nack'])
  })

  it('T2, T8: an abort while a next try waits gives the value back, once', async () => {
    const clock = new VirtualClock()
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(edge(Infinity, () => ({ retryAfterMs: 1e6 }))).to(drain()).run({ clock })
    await clock.advance(10)
    await clock.runOut(run.abort())
    await settled(run)
    expect(tracked.statuses).toEqual(['ack', 'nack'])
    expect(tracked.settlements).toEqual([1, 1])
  })

  it.each(['drop-oldest', 'latest'] as const)('H4: under %s nothing that is held makes room for a value that is left out', async (overflow) => {
    const source = manualSource<number>()
    const out = manualSink<number>()
    const dropped: number[] = []
    const run = source.source.pipe(buffer<number>(1, { ...options(troubled(Infinity)), overflow, onError: 'skip', onDrop: (n) => dropped.push(n) })).to(out.sink).run()
    out.request(1)
    source.emit(0)
    await out.expectNext(0)
    source.emit(1, 2)
    await settle(3)
    source.end()
    out.request(5)
    await run
    expect([out.values, dropped]).toEqual([[0, 1], []])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, skipped: 1, dropped: 0 })
  })

  it('R62: any schedule, consumer and policy: each value has one fate, and what is delivered keeps its order', async () => {
    await explore(60, async ({ random, scheduler }) => {
      const clock = new VirtualClock()
      const tracked = trackedSource(Array.from({ length: 12 }, (_, i) => i % 4))
      let trouble = Math.floor(random() * 9)
      const onError = [undefined, 'skip' as const, retry<number>({ times: 2, delayMs: 3 })][Math.floor(random() * 3)]
      const probe = (value: number): void => { if (value === 2 && trouble-- > 0) throw BOOM }
      const run = tracked.source.pipe(buffer(1 + Math.floor(random() * 4), { ...options(probe), onError })).to(drain()).run({ clock, scheduler })
      await clock.runOut(settled(run))
      const { read, delivered, skipped, failed, abandoned } = run.stats().totals
      expect(read).toBe(delivered + skipped + failed + abandoned)
      expect(tracked.settlements.every((times) => times === 1)).toBe(true)
    })
  }, 60_000)
})

it("R35: a full buffer under 'fail' is no failure of an item: onError is not asked", async () => {
  const source = manualSource<number>()
  const out = manualSink<number>()
  const run = source.source.pipe(buffer<number>(1, { overflow: 'fail', levels: 1, priority: () => 0, onError: 'skip' })).to(out.sink).run()
  out.request(1)
  source.emit(0)
  await out.expectNext(0)
  source.emit(1, 2)
  await settle(3)
  out.request(2)
  expect(String(await settled(run))).toBe("QueueFullError: buffer: full (1 values), and its overflow policy is 'fail'")
})

it('O13: refuses an onError that is no policy', () => {
  expect(() => buffer(1, { onError: 'ignore' as never })).toThrow("buffer: onError must be 'fail', 'skip'")
})
