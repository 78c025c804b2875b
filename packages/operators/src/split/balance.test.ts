import { describe, expect, it } from 'vitest'
import { drain, forEach, OptionError, range, toArray, type Source } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { later, underLaw } from '../../test/under-law'
import { mapAsync } from '../async/map-async'
import { take } from '../select/take'
import { map } from '../transform/map'
import { balance } from './balance'

const any = (source: Source<unknown>): Source<unknown> => source

underLaw('balance', {
  'one copy': { make: () => balance(1, any), reference: (values) => [...values] },
  'three copies': { make: () => balance(3, any), reference: (values) => [...values], ordered: false, ahead: 2 },
  'two copies that take their time': {
    make: () => balance(2, (source: Source<unknown>) => source.pipe(mapAsync(later, { concurrency: 1, capacity: 0 }))),
    reference: (values) => [...values], ordered: false, ahead: 2,
  },
})

describe('balance', () => {
  it('a slow copy gets fewer values and holds nobody', async () => {
    const clock = new VirtualClock()
    const counts = [0, 0]
    let copies = 0
    const run = range(0, 20).pipe(balance(2, (s) => {
      const copy = copies++
      return s.to(forEach(async () => {
        counts[copy] = (counts[copy] ?? 0) + 1
        await clock.sleep(copy === 0 ? 100 : 10)
      }))
    })).to(drain()).run({ clock })
    await clock.runOut(run)
    expect(counts[0]).toBeLessThanOrEqual(3)
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(20)
    expect(clock.now()).toBeLessThanOrEqual(200)
  })

  it('copies that ask for several take turns', async () => {
    const got: number[][] = [[], [], []]
    let copies = 0
    const run = range(0, 9).pipe(balance(3, (s) => {
      const mine = got[copies++]
      return s.to(forEach((n) => { mine?.push(n) }))
    })).to(drain()).run()
    await run
    expect(got.map((values) => values.length)).toEqual([3, 3, 3])
  })

  it('reads a value when a copy has asked for it', async () => {
    const probe = manualSource<number>()
    const sinks = [manualSink<number>(), manualSink<number>()]
    let copies = 0
    const run = probe.source.pipe(balance(2, (s) => s.to((sinks[copies++] as (typeof sinks)[number]).sink))).to(drain()).run()
    probe.emit(1, 2, 3, 4)
    await settle()
    expect(probe.delivered).toBe(0)
    sinks[1]?.request(2)
    await settle()
    expect([probe.delivered, sinks.map(({ values }) => values)]).toEqual([2, [[], [1, 2]]])
    await run.abort()
  })

  it('a copy that wants no more leaves; with the last one the source is closed', async () => {
    const probe = manualSource<number>()
    const run = probe.source.pipe(balance(2, (s) => s.pipe(take(2)))).to(toArray()).run()
    probe.emit(1, 2, 3, 4, 5, 6)
    expect((await run).sort()).toEqual([1, 2, 3, 4])
    expect([probe.delivered, probe.closeCount]).toEqual([4, 1])
  })

  it('T4: the failure of a copy ends all; its value is given back', async () => {
    const tracked = trackedSource([1, 2, 3, 4])
    const run = tracked.source.pipe(balance(2, (s) => s.pipe(map((n) => { if (n === 2) throw new Error('two'); return n })))).to(drain()).run()
    await expect(run).rejects.toThrow('two')
    expect(tracked.statuses[1]).toBe('nack')
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })

  it.each<[string, () => unknown]>([
    ['balance: count must be a whole number of at least 1, got 0', () => balance(0, any)],
    ['balance: branch must be a function, got undefined', () => balance(1, undefined as never)],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
