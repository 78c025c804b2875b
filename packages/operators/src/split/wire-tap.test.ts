import { describe, expect, it } from 'vitest'
import { drain, forEach, never, OptionError, range, toArray } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { oneByOne } from '../../test/one-by-one'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { flatMap } from '../transform/flat-map'
import { wireTap } from './wire-tap'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('wireTap', {
  'a sink': { make: () => wireTap(drain()), reference: same },
  'a sink, { buffer: 3 }': { make: () => wireTap(drain(), { buffer: 3 }), reference: same },
})

describe('wireTap', () => {
  it('a tap that is never busy loses nothing', async () => {
    const seen: number[] = []
    const run = range(0, 2000).pipe(wireTap(forEach((n) => { seen.push(n) }))).to(drain()).run()
    await run
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i))
    expect(run.stats().stages.find(({ name }) => name === 'wireTap')?.dropped).toBe(0)
  })

  it('nor does it when its slice ends in the middle', async () => {
    // Every second look, which is the tap's, finds the slice over.
    const scheduler = oneByOne((look) => look % 2 === 0)
    const seen: number[] = []
    await range(0, 50).pipe(wireTap(forEach((n) => { seen.push(n) }))).to(drain()).run({ scheduler })
    expect(seen).toHaveLength(50)
  })

  it('a tap with endless work holds nobody', async () => {
    let count = 0
    const endless = function* () { for (;;) yield 0 }
    const run = range(0).pipe(wireTap((s) => s.pipe(flatMap(endless)).to(drain())), take(1000)).to(forEach(() => { count++ })).run({ closeDeadlineMs: 0 })
    await run
    expect(count).toBe(1000)
    expect(run.stats().stages.find(({ name }) => name === 'wireTap')?.dropped).toBeGreaterThan(900)
  })

  it('a busy tap holds nobody; what it loses is counted and offered', async () => {
    const tap = manualSink<number>()
    const probe = manualSource<number>()
    const lost: number[] = []
    const out: number[] = []
    const run = probe.source.pipe(wireTap(tap.sink, { buffer: 1, onDrop: (n) => lost.push(n) })).to(forEach((n) => { out.push(n) })).run()
    tap.request(1)
    probe.emit(1)
    await tap.expectNext(1)
    probe.emit(2, 3, 4)
    await settle()
    expect([out, lost]).toEqual([[1, 2, 3, 4], [3, 4]])
    tap.request(2)
    await tap.expectNext(2)
    probe.emit(5)
    await tap.expectNext(5)
    expect(run.stats().stages.find(({ name }) => name === 'wireTap')?.dropped).toBe(2)
    probe.end()
    await settle()
    tap.request(1)
    await tap.expectEnd()
    await run
  })

  it('the end of the run waits for the tap to write and end, as for a cleanup', async () => {
    const log: string[] = []
    const slow = sink<number, void>('slow', () => ({
      async write(values, count) {
        await settle(1)
        for (let i = 0; i < count; i++) log.push(String(values[i]))
      },
      async end() {
        await settle(1)
        log.push('end')
      },
    }))
    expect(await range(0, 3).pipe(wireTap(slow, { buffer: 3 })).to(toArray()).run()).toEqual([0, 1, 2])
    expect(log).toEqual(['0', '1', '2', 'end'])
    log.length = 0
    expect(await range(0).pipe(wireTap(slow, { buffer: 3 }), take(2)).to(toArray()).run()).toEqual([0, 1])
    expect(log).toEqual(['0', '1', 'end'])
  })

  it('R10: a tap that never asks loses everything, and is named when the run ends without it', async () => {
    const clock = new VirtualClock()
    const run = range(0, 3).pipe(wireTap(manualSink<number>().sink)).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([0, 1, 2])
    expect(run.unstopped).toEqual(['wireTap'])
    expect(run.stats().stages.find(({ name }) => name === 'wireTap')?.dropped).toBe(3)
    expect(clock.pendingTimers).toBe(0)
  })

  it('a failure of the source does not wait for the tap', async () => {
    const probe = manualSource<number>()
    const tap = manualSink<number>()
    const run = probe.source.pipe(wireTap(tap.sink)).to(drain()).run()
    probe.fail(new Error('boom'))
    await expect(run).rejects.toThrow('boom')
    expect(tap.aborted).toBeDefined()
  })

  it('the failure of the tap fails the run, that of onDrop as well', async () => {
    const boom = new Error('boom')
    await expect(range(0).pipe(wireTap(forEach(() => { throw boom }))).to(drain()).run()).rejects.toBe(boom)
    const run = range(0).pipe(wireTap(manualSink<number>().sink, { onDrop: () => { throw boom } })).to(drain()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'wireTap', item: 0 })
  })

  it('T1: what the tap loses is dealt with for it', async () => {
    const tap = manualSink<number>()
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(wireTap(tap.sink, { buffer: 1 })).to(drain()).run()
    await settle()
    expect(tracked.statuses).toEqual([undefined, 'ack', 'ack'])
    tap.request(9)
    await run
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  })

  it('idle for an hour it holds no timer', async () => {
    const clock = new VirtualClock()
    const run = never().pipe(wireTap(drain())).to(drain()).run({ clock })
    await clock.advance(3_600_000)
    expect(clock.pendingTimers).toBe(0)
    await run.stop()
  })

  it.each<[string, () => unknown]>([
    ['wireTap: target must be a sink', () => wireTap({} as never)],
    ['wireTap: buffer must be a whole number of at least 0, got -1', () => wireTap(drain(), { buffer: -1 })],
    ['wireTap: onDrop must be a function', () => wireTap(drain(), { onDrop: 1 as never })],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
