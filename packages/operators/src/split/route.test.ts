import { describe, expect, it } from 'vitest'
import { deadLetter, drain, forEach, from, OptionError, range, retry, toArray, type DeadLetter, type Source } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { even, underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { map } from '../transform/map'
import { route } from './route'

const any = (source: Source<unknown>): Source<unknown> => source
const parity = (n: unknown): 'even' | 'odd' => (even(n) ? 'even' : 'odd')

underLaw('route', {
  'one branch': {
    make: () => route({ all: any }, () => 'all'), reference: (values) => [...values],
    withProbe: (probe) => route({ all: any }, (value) => { probe(value); return 'all' }),
  },
  'two branches': {
    make: () => route({ even: any, odd: any }, parity), reference: (values) => [...values], ordered: false, ahead: 1,
    withProbe: (probe) => route({ even: any, odd: any }, (value) => { probe(value); return parity(value) }),
  },
  'a branch, and a sink for the rest': {
    make: () => route({ even: any }, parity, { otherwise: (source: Source<unknown>) => source.to(drain()) }),
    reference: (values) => values.filter(even), ahead: 1,
  },
  'two branches, { slowBranch: { buffer: 2 } }': {
    make: () => route({ even: any, odd: any }, parity, { slowBranch: { buffer: 2 } }),
    reference: (values) => [...values], ordered: false, ahead: 3,
  },
})

describe('route', () => {
  it('sends each value to the branch that is named for it, and keeps the order there', async () => {
    const odd: number[] = []
    const values = await range(1, 6).pipe(route(
      { even: (s) => s.pipe(map((n) => n * 10)), odd: (s) => s.to(forEach((n) => { odd.push(n) })) },
      (n) => parity(n),
    )).to(toArray()).run()
    expect([values, odd]).toEqual([[20, 40, 60], [1, 3, 5]])
  })

  it('a name that is no branch is a failure that says which there are', async () => {
    const run = range(1, 3).pipe(route({ one: (s) => s, two: (s) => s }, (n) => (['', 'one', 'two', 'three'] as const)[n])).to(drain()).run()
    await expect(run).rejects.toThrow("route: no branch 'three', and no otherwise; there are 'one', 'two'")
    expect(run.failure).toMatchObject({ stage: 'route', position: 1, item: 3 })
  })

  it('names of the prototype are no branches', async () => {
    const run = from(['constructor']).pipe(route({ one: (s) => s }, (name) => name)).to(drain()).run()
    await expect(run).rejects.toThrow("no branch 'constructor'")
  })

  it('with otherwise it goes there, whatever was answered; numbers name branches too', async () => {
    const rest: unknown[] = []
    const values = await from<unknown>([1, '1', null, undefined, 2, {}]).pipe(route(
      { 1: (s) => s }, (value) => value as string, { otherwise: (s) => s.to(forEach((value) => { rest.push(value) })) },
    )).to(toArray()).run()
    expect([values, rest]).toEqual([[1, '1'], [null, undefined, 2, {}]])
  })

  it('by default a value whose branch is not ready holds those after it, and no earlier', async () => {
    const slow = manualSink<number>()
    const probe = manualSource<number>()
    const odd: number[] = []
    const run = probe.source.pipe(route({ even: (s) => s.to(slow.sink), odd: (s) => s.to(forEach((n) => { odd.push(n) })) }, (n) => parity(n))).to(drain()).run()
    probe.emit(1, 3, 2, 5, 7)
    await settle()
    expect([odd, probe.delivered]).toEqual([[1, 3], 3])
    slow.request(1)
    await slow.expectNext(2)
    await settle()
    expect([odd, probe.delivered]).toEqual([[1, 3, 5, 7], 5])
    await run.abort()
  })

  it("with 'drop' it is lost, counted and offered, and holds nobody", async () => {
    const lost: unknown[] = []
    const odd: number[] = []
    const slow = manualSink<number>()
    const run = range(1, 6).pipe(route({ even: (s) => s.to(slow.sink), odd: (s) => s.to(forEach((n) => { odd.push(n) })) }, (n) => parity(n), {
      slowBranch: 'drop', onDrop: (value, branch) => lost.push([value, branch]),
    })).to(drain()).run()
    await settle()
    slow.request(1)
    await run
    expect([odd, lost]).toEqual([[1, 3, 5], [[2, 'even'], [4, 'even'], [6, 'even']]])
    expect(run.stats().stages.find(({ name }) => name === 'route')?.dropped).toBe(3)
  })

  it('with { disconnectAfterMs } the branch it waits for is cut off, and its values are lost from then on', async () => {
    const clock = new VirtualClock()
    const lost: unknown[] = []
    const odd: number[] = []
    const stuck = manualSink<number>()
    const run = range(1, 6).pipe(route({ even: (s) => s.to(stuck.sink), odd: (s) => s.to(forEach((n) => { odd.push(n) })) }, (n) => parity(n), {
      slowBranch: { disconnectAfterMs: 50 }, onDisconnect: (branch) => lost.push(branch), onDrop: (value) => lost.push(value),
    })).to(drain()).run({ clock })
    await clock.advance(49)
    expect([odd, lost]).toEqual([[1], []])
    await clock.advance(1)
    await run
    expect([odd, lost, clock.pendingTimers]).toEqual([[1, 3, 5], ['even', 2, 4, 6], 0])
    expect(stuck.aborted).toBeDefined()
  })

  it('at the end, too, a branch is waited for no longer than that', async () => {
    const clock = new VirtualClock()
    const stuck = manualSink<number>()
    const run = from([1]).pipe(route({ even: (s) => s.to(stuck.sink), odd: (s) => s }, (n) => parity(n), { slowBranch: { disconnectAfterMs: 50 } })).to(toArray()).run({ clock })
    await clock.advance(50)
    expect([await run, clock.pendingTimers, stuck.aborted !== undefined]).toEqual([[1], 0, true])
  })

  it('values for a branch that wants no more are dropped and counted; with the last one the source is closed', async () => {
    const tracked = trackedSource([1, 2, 3, 4, 5, 6])
    const run = tracked.source.pipe(route({ even: (s) => s.pipe(take(2)), odd: (s) => s.pipe(take(1)) }, (n) => parity(n))).to(toArray()).run()
    expect((await run).sort()).toEqual([1, 2, 4])
    expect([tracked.issued, run.stats().stages.find(({ name }) => name === 'route')?.dropped]).toEqual([4, 1])
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1, 1], ['ack', 'ack', 'ack', 'ack']])
  })

  it('R30, R31, R33: pick is supervised: skipped, tried again on the clock, written to a dead letter sink', async () => {
    const clock = new VirtualClock()
    const tries: number[] = []
    const pick = (n: number): 'all' => {
      tries.push(n)
      if (n % 2 === 0 && tries.filter((tried) => tried === n).length < 3) throw new Error(`no ${n}`)
      return 'all'
    }
    const skipping = await range(1, 4).pipe(route({ all: (s) => s }, pick, { onError: 'skip' })).to(toArray()).run()
    expect([skipping, tries]).toEqual([[1, 3], [1, 2, 3, 4]])
    tries.length = 0
    const tracked = trackedSource([1, 2, 3])
    const retrying = tracked.source.pipe(route({ all: (s) => s }, pick, { onError: retry({ times: 3, delayMs: 100 }) })).to(toArray()).run({ clock })
    expect(await clock.runOut(retrying)).toEqual([1, 2, 3])
    expect([tries, clock.pendingTimers]).toEqual([[1, 2, 2, 2, 3], 0])
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
    tries.length = 0
    const letters: DeadLetter[] = []
    await range(1, 2).pipe(route({ all: (s) => s }, pick, { onError: deadLetter(forEach((letter) => { letters.push(letter) })) })).to(drain()).run()
    expect(letters).toMatchObject([{ item: 2, attempt: 1, stage: 'route' }])
  })

  it('T4: an item that fails for good is given back; a run aborted during a retry as well', async () => {
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(route({ one: (s) => s }, (n) => (n === 2 ? 'two' : 'one'), { onError: () => 'fail' })).to(drain()).run()
    await expect(run).rejects.toThrow("no branch 'two'")
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, ...(tracked.issued > 2 ? [1] : [])], ['ack', 'nack', ...(tracked.issued > 2 ? ['nack'] : [])]])
    const clock = new VirtualClock()
    const waiting = trackedSource([1, 2])
    const aborted = waiting.source.pipe(route({ one: (s) => s }, () => { throw new Error('no') }, { onError: retry({ times: 3, delayMs: 100 }) })).to(drain()).run({ clock })
    await settle()
    await aborted.abort()
    await clock.advance(1000)
    expect(waiting.settlements).toEqual(Array.from({ length: waiting.issued }, () => 1))
  })

  it.each<[string, () => unknown]>([
    ['route: branches must be an object of at least one branch, got an object', () => route({}, () => 'a')],
    ['route: branches must be an object of at least one branch, got undefined', () => route(undefined as never, () => 'a')],
    ['route: branches.a must be a function, got 1', () => route({ a: 1 as never }, () => 'a')],
    ['route: pick must be a function that answers at once, and no promise, got undefined', () => route({ a: any }, undefined as never)],
    ['route: otherwise must be a function, got "a"', () => route({ a: any }, () => 'a', { otherwise: 'a' as unknown as typeof any })],
    ['route: otherwise must be absent where a branch has that name', () => route({ otherwise: any }, () => 'a', { otherwise: any })],
    ['route: onError must be', () => route({ a: any }, () => 'a', { onError: 'ignore' as never })],
    ['route: slowBranch must be', () => route({ a: any }, () => 'a', { slowBranch: 'latest' as never })],
    ['route: branches[a] must be a function that answers a source', () => from([1]).pipe(route({ a: (() => 1) as never }, () => 'a'))],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
