import { expect, it } from 'vitest'
import { forEach, from, OptionError, retry, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { arriving, randomArrivals } from '../../test/arrivals'
import { busySink, type Taken } from '../../test/busy-consumer'
import { even, underLaw } from '../../test/under-law'
import { expand } from './expand'

underLaw('expand', {
  'the value': {
    make: () => expand((value) => [value]), reference: (values) => [...values],
    withProbe: (probe) => expand((value) => { probe(value); return [value] }),
  },
  'nothing for even ones': {
    make: () => expand((value) => (even(value) ? [] : new Set([value]))), reference: (values) => values.filter((value) => !even(value)),
    withProbe: (probe) => expand((value) => { probe(value); return even(value) ? [] : [value] }),
  },
})

function* counting(value: number): Generator<string> {
  for (let i = 0; ; i++) yield `${value}.${i}`
}

it('emits nothing before the first value, then as much as is asked for, and the newest value as soon as there is one', async () => {
  const probe = manualSource<number>()
  const sink = manualSink<string>()
  const run = probe.source.pipe(expand(counting)).to(sink.sink).run()
  sink.request(4)
  await sink.expectNoEvent()
  probe.emit(1)
  await sink.expectNext('1.0', '1.1', '1.2', '1.3')
  await sink.expectNoEvent()
  probe.emit(2, 3)
  sink.request(4)
  await sink.expectNext('2.0', '3.0', '3.1', '3.2')
  probe.end()
  await settle()
  sink.request(1)
  await sink.expectEnd()
  await run
})

it('a consumer with a pace of its own gets each value at least once, and the last one again where there is none', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = { ...randomArrivals(random, 40), failure: undefined }
    const durations = Array.from({ length: 400 }, () => 3 + 10 * random())
    const busyMs = (index: number): number => durations[index]!
    const taken: Taken<string>[] = []
    await clock.runOut(arriving(clock, arrivals).source.pipe(expand(counting)).to(busySink(clock, busyMs, taken)).run({ clock, scheduler }), scheduler.resting)

    const expected: Taken<string>[] = []
    const waiting = [...arrivals.at]
    let last = -1
    let repeated = 0
    for (let now = arrivals.at[0]!.time; waiting.length > 0 || now < arrivals.endsAt; now += busyMs(expected.length - 1)) {
      const [next] = waiting
      if (next && next.time <= now) {
        waiting.splice(0, 1)
        last = next.value
        repeated = 0
      }
      expected.push({ time: now, value: `${last}.${repeated++}` })
    }
    expect(taken).toEqual(expected)
    expect(clock.pendingTimers).toBe(0)
  })
})

it('closes the iterator it leaves, once, however it leaves it', async () => {
  const log: string[] = []
  function* logged(value: number): Generator<number> {
    try {
      for (;;) yield value
    } finally {
      log.push(`closed ${value}`)
    }
  }
  await from([1, 2]).pipe(expand(logged)).to(toArray()).run()
  expect(log).toEqual(['closed 1', 'closed 2'])
  const probe = manualSource<number>()
  const run = probe.source.pipe(expand(logged)).to(forEach(() => settle(1))).run()
  probe.emit(3)
  await settle(4)
  await run.abort()
  expect(log).toEqual(['closed 1', 'closed 2', 'closed 3'])
})

it('R30, R31: an iterator that fails later is left for the next value, begun anew, or fails the run', async () => {
  const clock = new VirtualClock()
  const thrice = (value: number): Iterable<string> => (function* () {
    for (let i = 0; i < 3; i++) yield `${value}.${i}`
    throw new Error(`after ${value}`)
  })()
  const take = async (onError: 'fail' | 'skip' | ReturnType<typeof retry>) => {
    const probe = manualSource<number>()
    const taken: Taken<string>[] = []
    const run = probe.source.pipe(expand(thrice, { onError, name: 'frames' })).to(busySink(clock, () => 10, taken)).run({ clock })
    const settled = run.then(() => undefined, (error: unknown) => (error as Error).message)
    probe.emit(1)
    await clock.advance(75)
    probe.emit(2)
    await clock.advance(1)
    probe.end()
    return [taken.map(({ value }) => value).join(' '), await clock.runOut(settled), run.failure?.item, run.failure?.attempt]
  }
  expect(await take('skip')).toEqual(['1.0 1.1 1.2 2.0', undefined, undefined, undefined])
  expect(await take('fail')).toEqual(['1.0 1.1 1.2', 'after 1', 1, 1])
  expect(await take(retry({ times: 1, delayMs: 0 }))).toEqual(['1.0 1.1 1.2 1.0 1.1 1.2', 'after 1', 1, 2])
})

it('T1: a value is dealt with when it was replaced, or used up, and all that was made of it is', async () => {
  const tracked = trackedSource([1, 2])
  const clock = new VirtualClock()
  const statuses: unknown[] = []
  const run = tracked.source.pipe(expand((n) => [n, n])).to(forEach(async () => {
    await clock.sleep(1)
    statuses.push([...tracked.statuses])
  })).run({ clock })
  await clock.runOut(run)
  expect(statuses).toEqual([[undefined], ['ack', undefined]])
  expect(tracked.statuses).toEqual(['ack', 'ack'])
})

it('T2: settles every ticket once when it is cut off', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 20 }, (_, i) => i))
    const onError = ['fail', 'skip', retry({ times: 2, delayMs: 3 })][Math.floor(random() * 3)] as 'fail'
    const run = tracked.source.pipe(expand((n) => { if (random() < 0.1) throw new Error('no'); return [n, n] }, { onError }))
      .to(forEach(() => clock.sleep(5))).run({ clock, scheduler, random })
    const settled = run.then(() => {}, () => {})
    await clock.advance(random() * 60)
    if (random() < 0.6) await clock.runOut(run.abort())
    await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('O13: refuses what is no function', () => {
  expect(() => expand(undefined as never)).toThrow(OptionError)
  expect(() => expand((n) => [n], { onError: 'no' as never })).toThrow('expand: onError must be')
})
