import { describe, expect, it } from 'vitest'
import { drain, first, forEach, from, never, OptionError, range, SlowSubscriberError, toArray, type Source } from '@sluice/core'
import { source, DONE } from '@sluice/core/authoring'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { mapAsync } from '../async/map-async'
import { mergeWith } from '../combine/merge-with'
import { take } from '../select/take'
import { map } from '../transform/map'
import { share } from './share'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('share', {
  'the source before it': { make: () => (before) => share(before), reference: same },
  'the source before it, { capacity: 1 }': { make: () => (before) => share(before, { capacity: 1 }), reference: same },
  'the source before it, { replay: 2 }': { make: () => (before) => share(before, { replay: 2 }), reference: same },
  'the source before it, read twice': {
    make: () => (before) => {
      const shared = share(before, { capacity: 3, startAt: 2 })
      return shared.pipe(mergeWith(shared))
    },
    reference: (values) => values.flatMap((value) => [value, value]), ordered: false, ahead: 3,
  },
})

/** Counts how often it is opened and closed. */
function counting(values: number): { readonly source: Source<number>; opened: number; closed: number } {
  const counts = {
    opened: 0,
    closed: 0,
    source: source<number>('counting', () => {
      counts.opened++
      let at = 0
      return {
        pull: (into) => (at < values ? ((into[0] = at++), 1) : DONE),
        close() { counts.closed++ },
      }
    }),
  }
  return counts
}

describe('share', () => {
  it('reads the source once for all readers, each gets every value in order', async () => {
    const counts = counting(50)
    const shared = share(counts.source, { startAt: 3, capacity: 4 })
    const slow = shared.pipe(mapAsync(async (n) => { await settle(1); return n }, { concurrency: 1 })).to(toArray()).run()
    const all = await Promise.all([shared.to(toArray()).run(), slow, shared.pipe(map((n) => n)).to(toArray()).run()])
    const expected = Array.from({ length: 50 }, (_, i) => i)
    expect(all).toEqual([expected, expected, expected])
    expect([counts.opened, counts.closed]).toEqual([1, 1])
  })

  it('runs nothing before the first reader asks, and nothing that no reader asks for', async () => {
    const probe = manualSource<number>()
    const shared = share(probe.source)
    probe.emit(1, 2, 3)
    const reader = manualSink<number>()
    const run = shared.to(reader.sink).run()
    await settle()
    expect(probe.pulls).toBe(0)
    reader.request(2)
    await reader.expectNext(1, 2)
    await reader.expectNoEvent()
    expect(probe.delivered).toBe(2)
    await run.abort()
    expect(probe.closeCount).toBe(1)
  })

  it('a latecomer gets what comes from then on, and the last values before that', async () => {
    const probe = manualSource<number>()
    const shared = share(probe.source, { replay: 1 })
    const one = shared.to(toArray()).run()
    probe.emit(1, 2)
    await settle()
    const two = shared.to(toArray()).run()
    const three = shared.reader({ replay: 0 }).to(toArray()).run()
    await settle()
    probe.emit(3)
    probe.end()
    expect(await Promise.all([one, two, three])).toEqual([[1, 2, 3], [2, 3], [3]])
  })

  it('a reader that does not read holds the others at the bound', async () => {
    const shared = share(range(0), { capacity: 3 })
    const stuck = manualSink<number>()
    const held = shared.to(stuck.sink).run()
    const seen: number[] = []
    const run = shared.to(forEach((n) => { seen.push(n) })).run()
    await settle()
    expect(seen).toEqual([0, 1, 2])
    stuck.request(1)
    await stuck.expectNext(0)
    await settle()
    expect(seen).toEqual([0, 1, 2, 3])
    await held.abort()
    await settle()
    expect(seen.length).toBeGreaterThan(10)
    await run.abort()
  })

  it('a reader of its own policy loses values, and holds nobody', async () => {
    const lost: number[] = []
    const shared = share(range(0, 8), { startAt: 2 })
    const slow = manualSink<number>()
    const losing = shared.reader({ policy: 'drop-oldest', lag: 2, onDrop: (n) => lost.push(n) }).to(slow.sink).run()
    expect(await shared.to(toArray()).run()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    slow.request(9)
    await slow.expectNext(6, 7)
    await losing
    expect(lost).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('a reader that is to be disconnected is cut off after its time, and holds nobody any more', async () => {
    const clock = new VirtualClock()
    const shared = share(range(0, 8), { startAt: 2 })
    const stuck = shared.reader({ policy: 'disconnect', lag: 2, disconnectAfterMs: 100 }).pipe(
      mapAsync(() => new Promise<never>(() => {}), { concurrency: 1, capacity: 0 }),
    ).to(drain()).run({ clock, closeDeadlineMs: 1 })
    const run = shared.to(toArray()).run({ clock })
    await clock.advance(99)
    expect(run.status).toBe('running')
    await clock.advance(1)
    expect(await run).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await clock.runOut(stuck.abort())
    expect(clock.pendingTimers).toBe(0)
  })

  it('a reader that is cut off while it waits for nothing fails with a SlowSubscriberError', async () => {
    const shared = share(range(0), { startAt: 2 })
    const slow = manualSink<number>()
    const cut = shared.reader({ policy: 'disconnect', lag: 2 }).to(slow.sink).run()
    await shared.pipe(take(5)).to(drain()).run()
    slow.request(1)
    await expect(cut).rejects.toThrow(SlowSubscriberError)
  })

  it('one that leaves lets the others go on; with the last one the source is closed, the next begins anew', async () => {
    const counts = counting(1000)
    const shared = share(counts.source, { startAt: 2 })
    const [few, more] = await Promise.all([shared.pipe(take(2)).to(toArray()).run(), shared.pipe(take(5)).to(toArray()).run()])
    expect([few, more]).toEqual([[0, 1], [0, 1, 2, 3, 4]])
    expect([counts.opened, counts.closed]).toEqual([1, 1])
    await Promise.all([shared.to(first()).run(), shared.to(first()).run()])
    expect([counts.opened, counts.closed]).toEqual([2, 2])
  })

  it('the failure of the source comes after the values, to every reader, told where it began', async () => {
    const boom = new Error('boom')
    const failing = range(0, 9).pipe(map((n) => { if (n === 2) throw boom; return n }))
    const shared = share(failing, { startAt: 2 })
    for (const run of [0, 1].map(() => ({ seen: [] as number[] })).map(({ seen }) => ({ seen, run: shared.to(forEach((n) => { seen.push(n) })).run() }))) {
      await expect(run.run).rejects.toBe(boom)
      expect(run.seen).toEqual([0, 1])
      expect(run.run.failure).toMatchObject({ stage: 'map', position: 1, item: 2, path: ['range', 'map'] })
    }
  })

  it('an abort of one reader is its own affair; the last one waits for the source to be closed', async () => {
    const log: string[] = []
    const probe = source<number>('slowToClose', () => ({
      pull: (into) => ((into[0] = 1), 1),
      async close() {
        await settle(2)
        log.push('closed')
      },
    }))
    const shared = share(probe)
    const one = shared.to(drain()).run()
    const two = shared.to(drain()).run()
    await settle(1)
    await one.abort()
    expect([two.status, log]).toEqual(['running', []])
    await two.abort()
    expect(log).toEqual(['closed'])
  })

  it('R15: a reader that is stopped keeps what it has coming', async () => {
    const probe = manualSource<number>()
    const shared = share(probe.source)
    const slow = manualSink<number>()
    const stopped = shared.to(slow.sink).run()
    const other = shared.to(toArray()).run()
    slow.request(1)
    probe.emit(1, 2, 3)
    await settle()
    const report = stopped.stop()
    probe.emit(4)
    slow.request(9)
    await report
    expect(slow.values).toEqual([1, 2, 3])
    probe.end()
    expect(await other).toEqual([1, 2, 3, 4])
  })

  it('a cleanup of the source that fails fails the last reader', async () => {
    const bad = source<number>('bad', () => ({ pull: () => DONE, close() { throw new Error('no close') } }))
    await expect(share(bad).to(drain()).run()).rejects.toThrow('no close')
  })

  it('for await reads it, too, and leaving the loop closes it', async () => {
    const counts = counting(9)
    const seen: number[] = []
    for await (const n of share(counts.source)) {
      seen.push(n)
      if (n === 2) break
    }
    expect([seen, counts.opened, counts.closed]).toEqual([[0, 1, 2], 1, 1])
  })

  it('T1: a ticket is acknowledged when all readers can have the value', async () => {
    const tracked = trackedSource([1, 2, 3])
    const shared = share(tracked.source, { capacity: 2 })
    const slow = manualSink<number>()
    const held = shared.to(slow.sink).run()
    const run = shared.to(drain()).run()
    await settle()
    expect(tracked.statuses).toEqual(['ack', 'ack'])
    slow.request(9)
    await Promise.all([held, run])
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  })

  it('idle for an hour it holds no timer', async () => {
    const clock = new VirtualClock()
    const shared = share(never(), { policy: 'disconnect', disconnectAfterMs: 10 })
    const runs = [shared.to(drain()).run({ clock }), shared.to(drain()).run({ clock })]
    await clock.advance(3_600_000)
    expect(clock.pendingTimers).toBe(0)
    for (const run of runs) await run.abort()
  })

  it.each<[string, () => unknown]>([
    ['share: capacity must be a whole number of at least 1, got 0', () => share([1], { capacity: 0 })],
    ['share: replay must be at most the capacity, 2, got 3', () => share([1], { capacity: 2, replay: 3 })],
    ['share: startAt must be a whole number of at least 1, got 0', () => share([1], { startAt: 0 })],
    ['share: policy must be one of', () => share([1], { policy: 'gate' as never })],
    ['share: lag must be at most the capacity, 16, got 17', () => share([1]).reader({ lag: 17 })],
    ['share: onDrop must be a function', () => share([1], { onDrop: 1 as never })],
  ])('O13: "%s" is said when it is called', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })

  it('what is no source is refused by name', () => {
    expect(() => share(1 as never)).toThrow('from: expected')
    expect(() => share(undefined as never)).toThrow('share: expected a source: const shared = share(source). It stands in no pipe(...)')
    expect(from(share([1]))).toBeDefined()
  })
})
