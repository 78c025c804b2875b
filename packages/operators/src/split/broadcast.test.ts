import { describe, expect, it } from 'vitest'
import {
  drain, first, forEach, from, never, OptionError, range, toArray, type Operator, type Outcome, type Sink, type Source,
} from '@sluice/core'
import { asyncOperator, DONE, operator, PENDING, sink, type Outlet } from '@sluice/core/authoring'
import { manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { oneByOne } from '../../test/one-by-one'
import { underLaw } from '../../test/under-law'
import { mapAsync } from '../async/map-async'
import { mergeWith } from '../combine/merge-with'
import { buffer } from '../pace/buffer'
import { take } from '../select/take'
import { map } from '../transform/map'
import { alsoTo } from './also-to'
import { broadcast } from './broadcast'

const same = (source: Source<number>): Source<number> => source
const any = (source: Source<unknown>): Source<unknown> => source
const twice = (values: readonly unknown[]): unknown[] => values.flatMap((value) => [value, value])
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

underLaw('broadcast', {
  'one branch': { make: () => broadcast([any]), reference: (values) => [...values] },
  'two branches': { make: () => broadcast([any, (source) => source.pipe(map((value) => value))]), reference: twice, ordered: false },
  'a branch and a sink': { make: () => broadcast([any, (source) => source.to(drain())]), reference: (values) => [...values] },
  'a sink alone': { make: () => broadcast([(source) => source.to(drain())]), reference: () => [] },
  'two branches, { slowBranch: { buffer: 3 } }': {
    make: () => broadcast([any, (source) => source.pipe(buffer(2))], { slowBranch: { buffer: 3 } }),
    reference: twice, ordered: false, ahead: 5,
  },
  "one branch, { slowBranch: 'drop' }": { make: () => broadcast([any], { slowBranch: 'drop' }), reference: (values) => [...values] },
})

/** Writes down what happens to it, and takes its time to be aborted. */
function witness(log: string[]): Sink<number, void> {
  return sink<number, void>('witness', () => ({
    write(values, count) { for (let i = 0; i < count; i++) log.push(String(values[i])) },
    end() { log.push('end') },
    async abort() {
      await settle(1)
      log.push('abort')
    },
  }))
}

describe('broadcast, branches at different paces', () => {
  it('by default reads a value when every branch has asked for it', async () => {
    const slow = manualSink<number>()
    const fast: number[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast([(s) => s.to(slow.sink), (s) => s.to(forEach((n) => { fast.push(n) }))])).to(drain()).run()
    probe.emit(1, 2, 3)
    await settle()
    expect([probe.delivered, fast]).toEqual([0, []])
    slow.request(2)
    await slow.expectNext(1, 2)
    await slow.expectNoEvent()
    expect([probe.delivered, fast]).toEqual([2, [1, 2]])
    slow.request(9)
    await slow.expectNext(3)
    probe.end()
    await slow.expectEnd()
    await run
  })

  it('with a buffer the fast branch is at most so many values ahead', async () => {
    const slow = manualSink<number>()
    const fast: number[] = []
    const run = range(0).pipe(broadcast([(s) => s.to(slow.sink), (s) => s.to(forEach((n) => { fast.push(n) }))], { slowBranch: { buffer: 3 } })).to(drain()).run()
    await settle()
    expect(fast).toEqual([0, 1, 2])
    expect(run.stats().stages.find(({ name }) => name === 'broadcast[0]')?.queue).toMatchObject({ size: 3, capacity: 3 })
    slow.request(2)
    await slow.expectNext(0, 1)
    expect(fast).toEqual([0, 1, 2, 3, 4])
    await run.abort()
  })

  it("with 'drop' the slow branch loses values, which are counted and offered", async () => {
    const slow = manualSink<number>()
    const fast: number[] = []
    const lost: unknown[] = []
    const run = range(0, 5).pipe(broadcast(
      [(s) => s.to(slow.sink), (s) => s.to(forEach((n) => { fast.push(n) }))],
      { slowBranch: 'drop', onDrop: (value, branch) => lost.push([value, branch]) },
    )).to(drain()).run()
    slow.request(2)
    await settle(20)
    slow.request(1)
    await run
    expect(fast).toEqual([0, 1, 2, 3, 4])
    expect([...slow.values, ...lost.map((pair) => (pair as number[])[0])]).toEqual([0, 1, 2, 3, 4])
    expect(lost.every((pair) => (pair as number[])[1] === 0)).toBe(true)
    expect(run.stats().stages.find(({ name }) => name === 'broadcast')?.dropped).toBe(3)
  })

  it("with 'drop' a branch that is only waiting for its turn loses nothing, wherever slices end", async () => {
    for (const every of [2, 3, 4]) {
      const seen: number[][] = [[], []]
      const run = range(0, 50).pipe(broadcast(
        seen.map((values) => (s: Source<number>) => s.to(forEach((n) => { values.push(n) }))), { slowBranch: 'drop' },
      )).to(drain()).run({ scheduler: oneByOne((look) => look % every === 0) })
      await run
      expect(seen.map(({ length }) => length)).toEqual([50, 50])
    }
  })

  it('with { disconnectAfterMs } a branch that holds the others so long is cut off, and its sink aborted', async () => {
    const clock = new VirtualClock()
    const stuck = manualSink<number>()
    const others: number[] = []
    const cut: number[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast(
      [(s) => s.to(forEach((n) => { others.push(n) })), (s) => s.to(stuck.sink), same],
      { slowBranch: { disconnectAfterMs: 100 }, onDisconnect: (branch) => cut.push(branch) },
    )).to(forEach((n) => { others.push(n) })).run({ clock })
    stuck.request(1)
    probe.emit(1)
    await clock.advance(60)
    expect(others).toEqual([1, 1])
    stuck.request(1)
    probe.emit(2, 3, 4)
    await clock.advance(60)
    expect(clock.pendingTimers).toBe(1)
    expect([others, cut]).toEqual([[1, 1, 2, 2], []])
    await clock.advance(60)
    expect(sorted(others)).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
    expect([stuck.values, cut, clock.pendingTimers]).toEqual([[1, 2], [1], 0])
    expect(String(stuck.aborted?.reason)).toContain('broadcast[1]: cut off')
    probe.end()
    await run
  })

  it('a source branch is cut off as well, and what it had not read is counted', async () => {
    const clock = new VirtualClock()
    const lost: unknown[] = []
    const closed: Outcome[] = []
    // Pulls once, then sits on it.
    const stuck = (source: Source<number>): Source<number> => asyncOperator<number, number>('stuck', (upstream, stage) => {
      stage.open(upstream).pull([], 1)
      return { pull: () => PENDING, close: (outcome) => closed.push(outcome) }
    })(source)
    const run = range(0, 4).pipe(broadcast([same, stuck], {
      slowBranch: { disconnectAfterMs: 10 }, onDrop: (value, branch) => lost.push([value, branch]),
    })).to(toArray()).run({ clock })
    await clock.advance(10)
    expect(await run).toEqual([0, 1, 2, 3])
    expect(lost).toEqual([[0, 1]])
    expect(closed).toMatchObject([{ status: 'cancelled' }])
  })

  it('idle for an hour it holds no timer', async () => {
    const clock = new VirtualClock()
    const run = never().pipe(broadcast([same, (s) => s.to(drain())], { slowBranch: { disconnectAfterMs: 100 } })).to(drain()).run({ clock })
    await clock.advance(3_600_000)
    expect(clock.pendingTimers).toBe(0)
    await run.stop()
  })
})

describe('broadcast, branches that end', () => {
  it('one that wants no more leaves, the others go on', async () => {
    const all = await range(1, 4).pipe(broadcast([(s) => s.pipe(take(1)), same, (s) => s.to(first())])).to(toArray()).run()
    expect(sorted(all)).toEqual([1, 1, 2, 3, 4])
  })

  it('with the last one the source is closed, and not read any further', async () => {
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast([(s) => s.pipe(take(2)), (s) => s.pipe(take(3))])).to(toArray()).run()
    probe.emit(1, 2, 3, 4, 5)
    expect(sorted(await run)).toEqual([1, 1, 2, 2, 3])
    expect([probe.delivered, probe.closeCount]).toEqual([3, 1])
  })

  it('one that never reads holds all, until it ends', async () => {
    const other = manualSource<number>('other')
    const values: number[] = []
    const run = range(1, 2).pipe(broadcast([same, () => other.source])).to(forEach((n) => { values.push(n) })).run()
    other.emit(9)
    await settle()
    expect(values).toEqual([9])
    other.end()
    await run
    expect(values).toEqual([9, 1, 2])
  })

  it('one that reads late has missed nothing', async () => {
    const late = (source: Source<number>): Source<number> => from([0]).pipe(mapAsync(async () => settle(3), { concurrency: 1 }), asyncFlat(() => source))
    const all = await range(1, 3).pipe(broadcast([same, late])).to(toArray()).run()
    expect(sorted(all)).toEqual([1, 1, 2, 2, 3, 3])
  })

  it('the run waits for the sinks in it', async () => {
    const log: string[] = []
    const slow = sink<number, void>('slow', () => ({
      async write() { await settle(1) },
      async end() {
        await settle(3)
        log.push('ended')
      },
    }))
    await range(0, 3).pipe(broadcast([(s) => s.to(slow), same])).to(drain()).run()
    expect(log).toEqual(['ended'])
  })

  it('when downstream wants no more, sinks in it finish what they were given', async () => {
    const log: string[] = []
    expect(await range(1).pipe(broadcast([same, (s) => s.to(witness(log))]), take(2)).to(toArray()).run()).toEqual([1, 2])
    expect(log).toEqual(['1', '2', 'end'])
    log.length = 0
    expect(await range(1).pipe(broadcast([same, (s) => s.to(witness(log))]), take(0)).to(toArray()).run()).toEqual([])
    expect(log).toEqual(['end'])
  })

  it('R15: a stop drains its branches', async () => {
    const log: string[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast([same, (s) => s.pipe(buffer(4)).to(witness(log))])).to(toArray()).run()
    probe.emit(1, 2)
    await settle()
    expect((await run.stop()).status).toBe('completed')
    expect([await run, log]).toEqual([[1, 2], ['1', '2', 'end']])
  })

  it('R12: an abort aborts the sinks in it, and waits for them', async () => {
    const log: string[] = []
    const run = never().pipe(broadcast([same, (s: Source<number>) => s.to(witness(log))])).to(drain()).run()
    await settle()
    await run.abort(new Error('enough'))
    expect(log).toEqual(['abort'])
    await expect(run).rejects.toThrow('enough')
  })
})

describe('broadcast, failures', () => {
  it('the failure of a branch ends all, and tells where it was', async () => {
    const log: string[] = []
    const boom = new Error('boom')
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast([
      (s) => s.pipe(map((n) => { if (n === 2) throw boom; return n })), (s) => s.to(witness(log)),
    ])).to(drain()).run()
    probe.emit(1, 2, 3)
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'map', item: 2, path: ['manual', 'broadcast', 'broadcast[0]', 'map'] })
    expect(log.at(-1)).toBe('abort')
    expect(probe.closeCount).toBe(1)
  })

  it('the failure of a sink in it ends all', async () => {
    const boom = new Error('boom')
    const run = range(1).pipe(broadcast([same, (s) => s.to(forEach(async (n) => { if (n === 2) throw boom }))])).to(drain()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'forEach', item: 2, path: ['range', 'broadcast', 'broadcast[1]', 'forEach'] })
  })

  it('the failure of the source comes after the values, in every branch', async () => {
    const boom = new Error('boom')
    const log: string[] = []
    const out: number[] = []
    const probe = manualSource<number>()
    const run = probe.source.pipe(broadcast([
      same, (s) => s.pipe(mapAsync(async (n) => { await settle(2); return n * 10 }, { concurrency: 1 })), (s) => s.to(witness(log)),
    ], { slowBranch: { buffer: 8 } })).to(forEach((n) => { out.push(n) })).run()
    probe.emit(1, 2, 3)
    await settle(1)
    probe.fail(boom)
    await expect(run).rejects.toBe(boom)
    expect(sorted(out)).toEqual([1, 2, 3, 10, 20, 30])
    expect(log).toEqual(['1', '2', '3', 'abort'])
    expect(run.failure).toMatchObject({ stage: 'manual', path: ['manual'] })
  })

  it('a branch that recovers from it has done so for itself', async () => {
    const recover = asyncOperator<number, number>('recover', (upstream, stage) => {
      const outlet = stage.open(upstream)
      return { pull: (into, limit) => { try { return outlet.pull(into, limit) } catch { return -2 } } }
    })
    const failing = from([1, 2]).pipe(map((n) => { if (n === 2) throw new Error('two'); return n }))
    expect(await failing.pipe(broadcast([recover, recover])).to(toArray()).run()).toEqual([1, 1])
    await expect(failing.pipe(broadcast([recover, same])).to(toArray()).run()).rejects.toThrow('two')
  })

  it('what onDrop throws fails the run', async () => {
    const boom = new Error('boom')
    const run = range(0, 9).pipe(broadcast([same, (s) => s.to(manualSink<number>().sink)], {
      slowBranch: 'drop', onDrop: () => { throw boom },
    })).to(drain()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'broadcast', item: 0 })
  })

  it('a cleanup that fails while the sinks finish fails the run', async () => {
    const bad = sink<number, void>('bad', () => ({ write() {}, end() { throw new Error('no end') } }))
    const run = range(1).pipe(broadcast([same, (s) => s.to(bad)]), take(1)).to(drain()).run()
    await expect(run).rejects.toThrow('no end')
  })
})

describe('broadcast, tickets', () => {
  it('T1: a value is dealt with when every branch that got it has', async () => {
    const held = manualSink<number>()
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(broadcast([same, (s) => s.to(held.sink), (s) => s.pipe(take(1))], { slowBranch: { buffer: 9 } })).to(drain()).run()
    await settle()
    expect(tracked.statuses).toEqual([undefined, undefined, undefined])
    held.request(2)
    await settle()
    expect(tracked.statuses).toEqual(['ack', 'ack', undefined])
    held.request(2)
    await run
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  })

  it('T4: the worst of the branches decides', async () => {
    const tracked = trackedSource([1, 2])
    const run = tracked.source.pipe(broadcast([same, (s) => s.to(forEach((n) => { if (n === 2) throw new Error('two') }))])).to(drain()).run()
    await expect(run).rejects.toThrow('two')
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1], ['ack', 'nack']])
  })

  it("T1: what a branch loses by 'drop' is dealt with for it", async () => {
    const tracked = trackedSource([1, 2, 3])
    await tracked.source.pipe(broadcast([same, (s) => s.to(manualSink<number>().sink)], { slowBranch: 'drop' }), take(3)).to(drain()).run({ closeDeadlineMs: 0 })
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  })
})

describe('broadcast, as a description', () => {
  it('calls its branches once, when the pipeline is built; runs share nothing', async () => {
    let calls = 0
    const pipeline = range(0, 3).pipe(broadcast([(s) => { calls++; return s }])).to(toArray())
    expect(await Promise.all([pipeline.run(), pipeline.run()])).toEqual([[0, 1, 2], [0, 1, 2]])
    expect(calls).toBe(1)
  })

  it('works inside itself, and several times in one run', async () => {
    const both = broadcast([same, (s: Source<number>) => s.pipe(broadcast([same, same]))])
    expect(await from([1]).pipe(both, both).to(toArray()).run()).toEqual(Array.from({ length: 9 }, () => 1))
    const source = from([1]).pipe(both)
    expect(await source.pipe(mergeWith(source)).to(toArray()).run()).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('R24: opened again and again in the middle of a run they leave no stage behind', async () => {
    const inner = (n: number): Source<number> => from([n]).pipe(broadcast([same, (s) => s.to(drain())]), alsoTo(drain()))
    const flat: Operator<number, number> = operator<number, number>('flat', (upstream, stage) => {
      let current: Outlet<number> | undefined
      return {
        pull(into, limit) {
          if (current === undefined) {
            const slot: number[] = []
            const count = upstream.pull(slot, 1)
            if (count < 1) return count
            current = stage.open(inner(slot[0] as number))
          }
          const count = current.pull(into, limit)
          if (count !== DONE) return count
          current = undefined
          return 0
        },
      }
    })
    const run = range(0, 300).pipe(flat).to(toArray()).run()
    expect(await run).toHaveLength(300)
    expect(run.stats().stages.map(({ name }) => name)).toEqual(['range', 'flat', 'toArray'])
  })

  it('a branch that reads its source twice fails by name', async () => {
    const run = range(0, 3).pipe(broadcast([(s) => s.pipe(mergeWith(s))])).to(drain()).run()
    await expect(run).rejects.toThrow('broadcast[0]: a branch can read its source once per run; to read it twice, fan out inside the branch')
  })

  it('R23: stats and graph show the ways through it', async () => {
    const run = range(0, 3).pipe(broadcast([(s) => s.pipe(map((n) => n)), (s) => s.to(first())], { name: 'split' })).to(drain()).run()
    await run
    const { edges } = run.graph()
    expect(edges).toEqual(expect.arrayContaining([
      { from: 'range', to: 'split' }, { from: 'split', to: 'split[0]' }, { from: 'split[0]', to: 'map' }, { from: 'map', to: 'split.out' },
      { from: 'split', to: 'split[1]' }, { from: 'split[1]', to: 'first' }, { from: 'split.out', to: 'drain' },
    ]))
    const figures = new Map(run.stats().stages.map((stage) => [stage.id, [stage.position, stage.in, stage.out]]))
    expect(Object.fromEntries(figures)).toMatchObject({ range: [0, 0, 3], split: [1, 3, 4], 'split[0]': [2, 3, 3], map: [3, 3, 3], first: [3, 1, 1] })
  })

  it.each<[string, () => unknown]>([
    ['broadcast: branches must be a list of at least one branch, got an array', () => broadcast([])],
    ['broadcast: branches must be a list of at least one branch, got a function', () => broadcast(((s: unknown) => s) as never, ((s: unknown) => s) as never)],
    ['broadcast: branches[1] must be a function such as (source) => source.to(sink), got an object', () => broadcast([(s) => s, drain() as never])],
    ['broadcast: branches[1] must be a function such as (source) => source.to(sink), got undefined', () => broadcast([same, undefined as never])],
    ['broadcast: slowBranch must be \'gate\', \'drop\', { buffer: n } or { disconnectAfterMs: t }, got "wait"', () => broadcast([same], { slowBranch: 'wait' as never })],
    ['broadcast: slowBranch must be', () => broadcast([same], { slowBranch: null as never })],
    ['broadcast: slowBranch.buffer must be a whole number of at least 1, got 0', () => broadcast([same], { slowBranch: { buffer: 0 } })],
    ['broadcast: slowBranch.disconnectAfterMs must be a finite number of at least 0, got NaN', () => broadcast([same], { slowBranch: { disconnectAfterMs: Number.NaN } })],
    ['broadcast: onDrop must be a function, got 1', () => broadcast([same], { onDrop: 1 as never })],
    ['broadcast: branches[0] must be a function that answers a source, or a pipeline made by to(sink), got undefined', () => from([1]).pipe(broadcast([(() => undefined) as never]))],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})

/** The values of one source that a function answers for the one value. */
function asyncFlat<A, B>(project: () => Source<B>) {
  return asyncOperator<A, B>('flat', (upstream, stage) => {
    const outlet = stage.open(upstream)
    let inner: ReturnType<typeof stage.open<B>> | undefined
    return {
      pull(into, limit) {
        if (inner === undefined) {
          const count = outlet.pull([], 1)
          if (count < 1) return count
          inner = stage.open(project())
        }
        return inner.pull(into, limit)
      },
    }
  })
}
