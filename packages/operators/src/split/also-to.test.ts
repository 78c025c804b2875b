import { describe, expect, it } from 'vitest'
import { drain, first, forEach, from, never, OptionError, range, toArray, type Sink, type Source } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { buffer } from '../pace/buffer'
import { filter } from '../select/filter'
import { take } from '../select/take'
import { map } from '../transform/map'
import { alsoTo } from './also-to'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('alsoTo', {
  'a sink': { make: () => alsoTo(drain()), reference: same },
  'a pipeline': { make: () => alsoTo((source) => source.pipe(buffer(2)).to(drain())), reference: same },
  'a sink, { slowBranch: { buffer: 3 } }': { make: () => alsoTo(drain(), { slowBranch: { buffer: 3 } }), reference: same },
  'a sink, { slowBranch: { disconnectAfterMs: 60_000 } }': {
    make: () => alsoTo(drain(), { slowBranch: { disconnectAfterMs: 60_000 } }), reference: same,
  },
})

/** Writes down what happens to it. */
function witness(log: string[]): Sink<number, void> {
  return sink<number, void>('witness', () => ({
    async write(values, count) {
      await settle(1)
      for (let i = 0; i < count; i++) log.push(String(values[i]))
    },
    async end() {
      await settle(1)
      log.push('end')
    },
    async abort() {
      await settle(1)
      log.push('abort')
    },
  }))
}

describe('alsoTo', () => {
  it('writes every value to the side before it ends', async () => {
    const log: string[] = []
    expect(await range(0, 3).pipe(alsoTo(witness(log))).to(toArray()).run()).toEqual([0, 1, 2])
    expect(log).toEqual(['0', '1', '2', 'end'])
  })

  it('holds back while the side is not ready, and reads nothing ahead', async () => {
    const side = manualSink<number>()
    const probe = manualSource<number>()
    const out: number[] = []
    const run = probe.source.pipe(alsoTo(side.sink)).to(forEach((n) => { out.push(n) })).run()
    probe.emit(1, 2, 3)
    await settle()
    expect([probe.delivered, out]).toEqual([0, []])
    side.request(2)
    await side.expectNext(1, 2)
    await settle()
    expect([probe.delivered, out]).toEqual([2, [1, 2]])
    await run.abort()
    expect(side.aborted).toBeDefined()
  })

  it('with a buffer the side may be so far behind', async () => {
    const side = manualSink<number>()
    const out: number[] = []
    const run = range(0).pipe(alsoTo(side.sink, { slowBranch: { buffer: 2 } })).to(forEach((n) => { out.push(n) })).run()
    await settle()
    expect(out).toEqual([0, 1])
    side.request(1)
    await side.expectNext(0)
    await settle()
    expect(out).toEqual([0, 1, 2])
    await run.abort()
  })

  it('with { disconnectAfterMs } the side is cut off, and the values go on', async () => {
    const clock = new VirtualClock()
    const side = manualSink<number>()
    const told: unknown[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(alsoTo(side.sink, { slowBranch: { disconnectAfterMs: 50 }, onDisconnect: () => told.push('cut') })).to(toArray()).run({ clock })
    probe.emit(1, 2, 3)
    side.request(1)
    await clock.advance(49)
    expect([probe.delivered, told, clock.pendingTimers]).toEqual([1, [], 1])
    await clock.advance(1)
    probe.end()
    expect(await run).toEqual([1, 2, 3])
    expect([side.values, told, clock.pendingTimers]).toEqual([[1], ['cut'], 0])
    expect(String(side.aborted?.reason)).toContain('alsoTo: its side was cut off')
  })

  it('a side that does not end is cut off, too', async () => {
    const clock = new VirtualClock()
    const side = manualSink<number>()
    const run = from<number>([]).pipe(alsoTo(side.sink, { slowBranch: { disconnectAfterMs: 50 } })).to(toArray()).run({ clock })
    await clock.advance(50)
    expect([await run, clock.pendingTimers]).toEqual([[], 0])
  })

  it('idle for an hour it holds no timer', async () => {
    const clock = new VirtualClock()
    const run = never().pipe(alsoTo(drain(), { slowBranch: { disconnectAfterMs: 50 } })).to(drain()).run({ clock })
    await clock.advance(3_600_000)
    expect(clock.pendingTimers).toBe(0)
    await run.stop()
  })

  it('a side that wants no more leaves, and the values go on', async () => {
    expect(await range(0, 5).pipe(alsoTo(first()), alsoTo((s) => s.pipe(take(2)).to(drain()))).to(toArray()).run()).toEqual([0, 1, 2, 3, 4])
  })

  it('when downstream wants no more the side writes what it was given, and ends', async () => {
    const log: string[] = []
    expect(await range(0).pipe(alsoTo(witness(log)), take(2)).to(toArray()).run()).toEqual([0, 1])
    expect(log).toEqual(['0', '1', 'end'])
  })

  it('R12, R15: an abort aborts the side and waits for it; a stop lets it end', async () => {
    const log: string[] = []
    const aborted = never().pipe(alsoTo(witness(log))).to(drain()).run()
    await settle()
    await aborted.abort(new Error('enough'))
    expect(log).toEqual(['abort'])
    const probe = manualSource<number>()
    const stopped = probe.source.pipe(alsoTo(witness(log))).to(drain()).run()
    probe.emit(1)
    await settle()
    await stopped.stop()
    expect(log).toEqual(['abort', '1', 'end'])
  })

  it('the failure of the side fails the run, and tells where it was', async () => {
    const boom = new Error('boom')
    const probe = manualSource<number>()
    const run = probe.source.pipe(alsoTo((s) => s.pipe(filter((n) => n > 1)).to(forEach((n) => { if (n === 2) throw boom })))).to(drain()).run()
    probe.emit(1, 2, 3)
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'forEach', item: 2, path: ['manual', 'alsoTo', 'alsoTo.side', 'filter', 'forEach'] })
    expect(probe.closeCount).toBe(1)
  })

  it('the failure of the source comes after the values, on both sides', async () => {
    const boom = new Error('boom')
    const log: string[] = []
    const out: number[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(alsoTo(witness(log), { slowBranch: { buffer: 8 } })).to(forEach((n) => { out.push(n) })).run()
    probe.emit(1, 2, 3)
    probe.fail(boom)
    await expect(run).rejects.toBe(boom)
    expect([out, log]).toEqual([[1, 2, 3], ['1', '2', '3', 'abort']])
    expect(run.failure).toMatchObject({ stage: 'manual' })
  })

  it('a failure downstream aborts the side', async () => {
    const log: string[] = []
    const run = range(0).pipe(alsoTo(witness(log)), map((n) => { if (n === 1) throw new Error('one'); return n })).to(drain()).run()
    await expect(run).rejects.toThrow('one')
    expect(log.at(-1)).toBe('abort')
  })

  it('T1, T4: a value is dealt with when both sides have dealt with it; the worse one decides', async () => {
    const side = manualSink<number>()
    const tracked = trackedSource([1, 2])
    const run = tracked.source.pipe(alsoTo(side.sink, { slowBranch: { buffer: 4 } })).to(drain()).run()
    await settle()
    expect(tracked.statuses).toEqual([undefined, undefined])
    side.request(1)
    await settle()
    expect(tracked.statuses).toEqual(['ack', undefined])
    side.request(9)
    await run
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1], ['ack', 'ack']])
    const failing = trackedSource([1, 2])
    await expect(failing.source.pipe(alsoTo(forEach((n) => { if (n === 2) throw new Error('two') }))).to(drain()).run()).rejects.toThrow('two')
    expect([failing.settlements, failing.statuses]).toEqual([[1, 1], ['ack', 'nack']])
  })

  it('R23: stats and graph show the side', async () => {
    const run = range(0, 3).pipe(alsoTo(first(), { name: 'also' })).to(drain()).run()
    await run
    expect(run.graph().edges).toEqual(expect.arrayContaining([
      { from: 'range', to: 'also' }, { from: 'also', to: 'also.side' }, { from: 'also.side', to: 'first' }, { from: 'also', to: 'drain' },
    ]))
    expect(run.stats().stages.find(({ name }) => name === 'also')).toMatchObject({ in: 3, out: 3 })
  })

  it.each<[string, () => unknown]>([
    ['alsoTo: target must be a sink, or a function that answers a pipeline made by to(sink), got undefined', () => alsoTo(undefined as never)],
    ['alsoTo: target must be a sink', () => alsoTo(from([1]) as never)],
    ['alsoTo: target must be a sink', () => from([1]).pipe(alsoTo(((s: Source<number>) => s) as never))],
    ["alsoTo: slowBranch must be 'gate', { buffer: n } or { disconnectAfterMs: t }, got \"drop\"", () => alsoTo(drain(), { slowBranch: 'drop' as never })],
    ['alsoTo: onDisconnect must be a function', () => alsoTo(drain(), { onDisconnect: 1 as never })],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
