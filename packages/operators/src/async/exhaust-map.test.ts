import { expect, it } from 'vitest'
import { failing, forEach, from, interval, never, range, retry, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { exhaustMap } from './exhaust-map'

underLaw('exhaustMap', {
  'arrays': {
    make: () => exhaustMap((value) => [value, value]), reference: (values) => values.flatMap((value) => [value, value]),
    withProbe: (probe) => exhaustMap((value) => { probe(value); return [value, value] }),
  },
  'empty arrays': { make: () => exhaustMap(() => []), reference: () => [] },
})

const dropped = (run: { stats(): { stages: readonly { name: string; dropped: number }[] } }): number | undefined =>
  run.stats().stages.find(({ name }) => name === 'exhaustMap')?.dropped

it('ignores what comes while an inner source is open, and counts it', async () => {
  const inner = [manualSource<string>(), manualSource<string>()]
  const outer = manualSource<number>()
  const probe = manualSink<string>()
  let opened = 0
  const run = outer.source.pipe(exhaustMap(() => inner[opened++]!.source)).to(probe.sink).run()
  probe.request(10)
  outer.emit(1)
  await probe.expectNoEvent()
  outer.emit(2, 3)
  await probe.expectNoEvent()
  expect([opened, outer.delivered, dropped(run)]).toEqual([1, 3, 2])
  inner[0]?.emit('a')
  await probe.expectNext('a')
  inner[0]?.end()
  await probe.expectNoEvent()
  outer.emit(4)
  inner[1]?.emit('b')
  await probe.expectNext('b')
  outer.end()
  inner[1]?.end()
  await probe.expectEnd()
  expect([opened, dropped(run)]).toEqual([2, 2])
})

it('reads nothing and ignores nothing while downstream wants no value', async () => {
  const outer = manualSource<number>()
  const probe = manualSink<number>()
  outer.source.pipe(exhaustMap((n) => [n])).to(probe.sink).run()
  outer.emit(1, 2, 3)
  await settle()
  expect(outer.delivered).toBe(0)
  probe.request(2)
  await probe.expectNext(1, 2)
  expect(outer.delivered).toBe(2)
})

it('does not stop others while it ignores a source without end', async () => {
  const clock = new VirtualClock()
  let ticks = 0
  const timer = setInterval(() => { ticks++ }, 1)
  const run = range(0).pipe(exhaustMap(() => new Promise<string>((resolve) => setTimeout(() => { resolve('done') }, 30))), take(1)).to(toArray()).run()
  expect(await run).toEqual(['done'])
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(1)
  expect(clock.pendingTimers).toBe(0)
})

it('T1: the ticket of an ignored value is acknowledged, that of a value in work is given back', async () => {
  const tracked = trackedSource([1, 2, 3])
  const run = tracked.source.pipe(exhaustMap(() => never())).to(toArray()).run()
  await settle()
  expect(tracked.statuses).toEqual([undefined, 'ack', 'ack'])
  await run.abort()
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['nack', 'ack', 'ack']])
})

it('ignores what comes while it waits to try again', async () => {
  const clock = new VirtualClock()
  const outer = manualSource<number>()
  const calls: [number, number][] = []
  const make = (n: number, { attempt }: { attempt: number }) => {
    calls.push([n, attempt])
    return n === 1 && attempt < 3 ? failing(new Error('one')) : [n]
  }
  const run = outer.source.pipe(exhaustMap(make, { onError: retry({ times: 3, delayMs: 1000 }) })).to(toArray()).run({ clock })
  outer.emit(1)
  await clock.advance(10)
  outer.emit(2)
  await clock.advance(100_000)
  outer.emit(3)
  outer.end()
  expect(await clock.runOut(run)).toEqual([1, 3])
  expect(calls).toEqual([[1, 1], [1, 2], [1, 3], [3, 1]])
})

it('does what its model does, with random arrivals, failures and cancels', async () => {
  await explore(150, async ({ scheduler, random }) => {
    const clock = new VirtualClock()
    const gaps = Array.from({ length: 8 }, () => Math.floor(random() * 20) * 10 + 1)
    const failAt = random() < 0.2 ? Math.floor(random() * 8) : -1
    const wanted = random() < 0.3 ? Math.floor(random() * 8) : 1000
    const expected: number[] = []
    let [now, freeAt, failed] = [0, 0, false]
    for (const [n, gap] of gaps.entries()) {
      now += gap
      if (now < freeAt || failed) continue
      expected.push(n)
      if (n === failAt) failed = true
      else expected.push(n)
      freeAt = now + 120
    }
    const outer = from((async function* () {
      for (const [n, gap] of gaps.entries()) { await clock.sleep(gap); yield n }
    })())
    const make = async function* (n: number) {
      yield n
      await clock.sleep(120)
      if (n === failAt) throw new Error('at its time')
      yield n
    }
    const seen: number[] = []
    const run = outer.pipe(exhaustMap(make), take(wanted)).to(forEach((n) => { seen.push(n) })).run({ clock, scheduler })
    const rejected = await clock.runOut(run.then(() => false, () => true), scheduler.resting)
    expect(seen).toEqual(expected.slice(0, wanted))
    expect(rejected).toBe(failed && expected.length < wanted)
  })
})

it('rests without a timer of its own', async () => {
  const clock = new VirtualClock()
  const run = from([1, 2]).pipe(exhaustMap(() => interval(1e9))).to(toArray()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1)
  await run.abort()
  expect(clock.pendingTimers).toBe(0)
})

it('O13: options are checked when it is built', () => {
  expect(() => exhaustMap('x' as never)).toThrow('exhaustMap: project must be a function, got "x"')
  expect(() => exhaustMap(() => [], { onError: 7 as never })).toThrow('exhaustMap: onError must be')
})
