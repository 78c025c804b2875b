import { expect, it } from 'vitest'
import { drain, failing, forEach, from, fromProducer, interval, never, range, retry, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { concatWith } from '../combine/concat-with'
import { take } from '../select/take'
import { switchMap } from './switch-map'
import { collectGarbage } from '../../../../test/collect-garbage'

underLaw('switchMap', {
  'arrays of one value': {
    make: () => switchMap((value) => [value]), reference: (values) => [...values],
    withProbe: (probe) => switchMap((value) => { probe(value); return [value] }),
  },
  'empty arrays': { make: () => switchMap(() => []), reference: () => [] },
})

it('closes the inner source when a newer value comes', async () => {
  const inner = [manualSource<string>(), manualSource<string>()]
  const outer = manualSource<number>()
  const probe = manualSink<string>()
  outer.source.pipe(switchMap((n) => inner[n]!.source)).to(probe.sink).run()
  probe.request(10)
  outer.emit(0)
  inner[0]?.emit('a')
  await probe.expectNext('a')
  outer.emit(1)
  inner[0]?.emit('late')
  inner[1]?.emit('b')
  await probe.expectNext('b')
  expect([inner[0]?.closeCount, inner[0]?.delivered, inner[1]?.closeCount]).toEqual([1, 1, 0])
  outer.end()
  inner[1]?.emit('c')
  await probe.expectNext('c')
  inner[1]?.end()
  await probe.expectEnd()
})

it('a live source cuts at once even where the inner source always has values', async () => {
  const outer = manualSource<number>()
  const probe = manualSink<number>()
  const run = outer.source.pipe(switchMap((n) => range(n))).to(probe.sink).run()
  outer.emit(0)
  probe.request(3)
  await probe.expectNext(0, 1, 2)
  outer.emit(1000)
  probe.request(2)
  await probe.expectNext(1000, 1001)
  await run.abort()
})

it('looks for a newer value after 256 values of an inner source that never pauses', async () => {
  const values = await from([0, 1000]).pipe(switchMap((n) => range(n)), take(300)).to(toArray()).run()
  expect(values.slice(254, 258)).toEqual([254, 255, 1000, 1001])
})

it('does not cut short an array of arrays', async () => {
  expect(await from([1, 2, 3]).pipe(switchMap((n) => [n, n * 10])).to(toArray()).run()).toEqual([1, 10, 2, 20, 3, 30])
})

it('tells a replaced call through its signal, and does not care what becomes of it', async () => {
  const outcomes: string[] = []
  const search = (query: string, { signal }: { signal: AbortSignal }): Promise<string> => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => { outcomes.push(`${query} aborted`); reject(signal.reason as Error) })
    if (query === 'abc') void settle(1).then(() => { resolve(`results of ${query}`) })
  })
  const typing = fromProducer<string>(async ({ push }) => { for (const query of ['a', 'ab', 'abc']) { await push(query); await settle(1) } })
  expect(await typing.pipe(switchMap(search)).to(toArray()).run()).toEqual(['results of abc'])
  expect(outcomes).toEqual(['a aborted', 'ab aborted'])
})

it('a signal that is asked for late is aborted already', async () => {
  let signals: AbortSignal[] = []
  const outer = manualSource<number>()
  const run = outer.source.pipe(switchMap(async (_, context) => { await settle(4); signals = [...signals, context.signal] })).to(toArray()).run()
  outer.emit(1)
  await settle(2)
  outer.emit(2)
  outer.end()
  await run
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
})

it('T1: the ticket of a replaced value is acknowledged, that of a value in work is given back', async () => {
  const tracked = trackedSource([1, 2, 3])
  const run = tracked.source.pipe(switchMap(() => never())).to(toArray()).run()
  await settle()
  expect(tracked.statuses).toEqual(['ack', 'ack', undefined])
  await run.stop()
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'nack']])
})

it('a retry that waits is forgotten when a newer value comes', async () => {
  const clock = new VirtualClock()
  const outer = manualSource<number>()
  const calls: number[] = []
  const make = (n: number) => { calls.push(n); return n === 1 ? failing(new Error('one')) : [n] }
  const run = outer.source.pipe(switchMap(make, { onError: retry({ times: 3, delayMs: 1000 }) })).to(toArray()).run({ clock })
  outer.emit(1)
  await clock.advance(10)
  outer.emit(2)
  await clock.advance(10_000)
  outer.end()
  expect(await clock.runOut(run)).toEqual([2])
  expect(calls).toEqual([1, 2])
})

it('fails at once with its source', async () => {
  const boom = new Error('boom')
  const outer = manualSource<number>()
  const inner = manualSource<number>()
  const run = outer.source.pipe(switchMap(() => inner.source)).to(toArray()).run()
  outer.emit(1)
  await settle()
  outer.fail(boom)
  await expect(run).rejects.toBe(boom)
  expect(inner.closeCount).toBe(1)
})

it('does what its model does, with random arrivals, failures and cancels', async () => {
  await explore(150, async ({ scheduler, random }) => {
    const clock = new VirtualClock()
    const gaps = Array.from({ length: 8 }, () => Math.floor(random() * 30) * 10 + 1)
    const failAt = random() < 0.2 ? Math.floor(random() * 8) : -1
    const wanted = random() < 0.3 ? Math.floor(random() * 10) : 1000
    const tracked = trackedSource(gaps)
    const outer = from((async function* () {
      for (const [n, gap] of gaps.entries()) { await clock.sleep(gap); yield n }
    })())
    // Each inner source gives n at 50, 100, 150 ms, then ends; it fails at 75 ms where it is to fail.
    const make = async function* (n: number) {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(25)
        if (n === failAt && i === 1) throw new Error('at its time')
        await clock.sleep(25)
        yield n
      }
    }
    const expected = gaps.flatMap((_, n) => {
      const until = gaps[n + 1] ?? Number.POSITIVE_INFINITY
      return [50, 100, 150].filter((at) => at < until && !(n === failAt && at > 75)).map(() => n)
    })
    const fails = failAt >= 0 && (gaps[failAt + 1] ?? Number.POSITIVE_INFINITY) > 75
    const cut = fails ? expected.filter((n) => n <= failAt) : expected
    const seen: number[] = []
    const run = outer.pipe(switchMap(make), take(wanted)).to(forEach((n) => { seen.push(n) })).run({ clock, scheduler })
    const failed = await clock.runOut(run.then(() => false, () => true), scheduler.resting)
    expect(seen).toEqual(cut.slice(0, wanted))
    expect(failed).toBe(fails && cut.length < wanted)
    expect(tracked.issued).toBe(0)
  })
})

it('R24: keeps nothing of the inner sources it has closed', async () => {
  const outer = manualSource<number>()
  const refs: WeakRef<object>[] = []
  const run = outer.source.pipe(switchMap((n) => {
    const inner = [{ n }]
    refs.push(new WeakRef(inner))
    return from(inner).pipe(concatWith(never()))
  })).to(drain()).run()
  for (let n = 0; n < 200; n++) {
    outer.emit(n)
    await settle(1)
  }
  expect(run.stats().stages.length).toBeLessThan(7)
  for (let i = 0; i < 3; i++) {
    collectGarbage?.()
    await settle(2)
  }
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(3)
  await run.stop()
})

it('rests without a timer of its own', async () => {
  const clock = new VirtualClock()
  const run = from([1, 2]).pipe(switchMap(() => interval(1e9))).to(toArray()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(1)
  await run.abort()
  expect(clock.pendingTimers).toBe(0)
})

it('O13: options are checked when it is built', () => {
  expect(() => switchMap(null as never)).toThrow('switchMap: project must be a function, got null')
  expect(() => switchMap(() => [], { onError: {} as never })).toThrow('switchMap: onError must be')
})
