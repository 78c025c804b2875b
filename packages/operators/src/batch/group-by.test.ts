import { describe, expect, it } from 'vitest'
import { count, drain, forEach, from, OptionError, range, reduce, toArray, type Source } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { mergedGroups } from '../../test/merged-groups'
import { underLaw } from '../../test/under-law'
import { mapAsyncUnordered } from '../async/map-async-unordered'
import { mapAsync } from '../async/map-async'
import { map } from '../transform/map'
import { take } from '../select/take'
import { groupBy, type GroupByOptions } from './group-by'
import type { Group } from './grouping'
import { GroupLimitError } from './groups'

const remainder = (by: number) => (value: unknown): number => Math.abs(Number(value) % by) || 0
const merged = (key: (value: unknown) => unknown, options: GroupByOptions<unknown>) =>
  (source: Source<unknown>): Source<unknown> => source.pipe(groupBy(key, options), mergedGroups())

underLaw('groupBy', {
  'into three, capacity 2': {
    make: () => merged(remainder(3), { maxGroups: 3, capacity: 2 }), reference: (values) => [...values], ordered: false, ahead: 7,
    withProbe: (probe) => merged((value) => { probe(value); return remainder(3)(value) }, { maxGroups: 3, capacity: 2 }),
  },
  'into more than there may be, evicting': {
    make: () => merged(remainder(7), { maxGroups: 2, capacity: 3, onGroupLimit: 'evict' }), reference: (values) => [...values], ordered: false, ahead: 7,
  },
  'into one': { make: () => merged(() => 'all', { maxGroups: 1 }), reference: (values) => [...values], ahead: 17 },
})

const letters = ['a1', 'b1', 'a2', 'c1', 'b2', 'a3']
const letter = (text: string): string => text[0]!
const listed = async ({ key, source }: Group<string, string>) => [key, await source.to(toArray()).run()] as const

it('hands on a group when its first value comes, with its key', async () => {
  const groups = await from(letters).pipe(groupBy(letter, { maxGroups: 3 }), mapAsync(listed, { concurrency: 3 })).to(toArray()).run()
  expect(groups).toEqual([['a', ['a1', 'a2', 'a3']], ['b', ['b1', 'b2']], ['c', ['c1']]])
})

it('compares keys as a Map does', async () => {
  const keys = await from([Number.NaN, Number.NaN, 0, -0, '0']).pipe(groupBy((value) => value, { maxGroups: 3 }), map(({ key }) => key)).to(toArray()).run()
  expect(keys).toEqual([Number.NaN, 0, '0'])
})

describe('the limit of groups', () => {
  it('fails by default, naming the limit and the key; groups hand out what they hold, then fail too', async () => {
    const seen: unknown[] = []
    const consume = async ({ key, source }: Group<string, string>): Promise<void> => {
      const values: string[] = []
      await source.to(forEach(async (value) => { await settle(1); values.push(value) })).run().then(() => {}, (error: unknown) => { seen.push([key, values, error]) })
    }
    const run = from(letters).pipe(groupBy(letter, { maxGroups: 2, name: 'by letter' }), mapAsyncUnordered(consume, { concurrency: 2 })).to(drain()).run()
    const error = await run.then(() => undefined, (reason: unknown) => reason)
    expect(error).toBeInstanceOf(GroupLimitError)
    expect(error).toMatchObject({ message: "by letter: there are 2 groups already, and onGroupLimit is 'fail'", key: 'c', maxGroups: 2 })
    expect(run.failure).toMatchObject({ stage: 'by letter', item: 'c1' })
    await settle()
    expect(seen).toEqual([['b', ['b1'], error], ['a', ['a1', 'a2'], error]])
  })

  it('R30: with onError: skip leaves out values that would need one group more', async () => {
    const groups = await from(letters).pipe(groupBy(letter, { maxGroups: 2, onError: 'skip' }), mapAsyncUnordered(listed, { concurrency: 2 })).to(toArray()).run()
    // Which group is done first is nobody's promise.
    expect(groups.sort()).toEqual([['a', ['a1', 'a2', 'a3']], ['b', ['b1', 'b2']]])
  })

  it('evicts the group to which no value has come for longest; its key may come back', async () => {
    const groups = await from(letters).pipe(groupBy(letter, { maxGroups: 2, onGroupLimit: 'evict' }), mapAsyncUnordered(listed, { concurrency: 2 })).to(toArray()).run()
    expect(groups.sort()).toEqual([['a', ['a1', 'a2']], ['a', ['a3']], ['b', ['b1']], ['b', ['b2']], ['c', ['c1']]])
  })
})

it('ends a group that is idle, and begins another one when a value of its key comes', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<string>()
  const seen: unknown[] = []
  const consume = async ({ key, source }: Group<string, string>): Promise<void> => {
    const values = await source.to(toArray()).run({ clock })
    seen.push([clock.now(), key, values])
  }
  const run = probe.source.pipe(groupBy(letter, { maxGroups: 9, idleMs: 100 }), mapAsyncUnordered(consume, { concurrency: 9 })).to(drain()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  probe.emit('a1', 'b1')
  await clock.advance(60)
  probe.emit('a2')
  await clock.advance(60)
  expect([seen, clock.pendingTimers]).toEqual([[[3_600_100, 'b', ['b1']]], 1])
  await clock.advance(60)
  probe.emit('a3')
  await clock.advance(3_600_000)
  expect(seen.slice(1)).toEqual([[3_600_160, 'a', ['a1', 'a2']], [3_600_280, 'a', ['a3']]])
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('does not begin another group of a key while one of it is being drained, so that each key keeps its order', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const seen: number[][] = []
  const consume = async ({ source }: Group<number, number>): Promise<void> => {
    const values: number[] = []
    seen.push(values)
    await source.to(forEach(async (n) => { await clock.sleep(100); values.push(n) })).run({ clock })
  }
  const run = probe.source.pipe(groupBy(() => 1, { maxGroups: 2, idleMs: 10 }), mapAsyncUnordered(consume, { concurrency: 2 })).to(drain()).run({ clock })
  probe.emit(1, 2)
  await clock.advance(50)
  probe.emit(3)
  await clock.advance(1000)
  probe.emit(4)
  await clock.advance(1000)
  expect(seen).toEqual([[1, 2, 3], [4]])
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

describe('who consumes fewer groups than there are', () => {
  const spread = (values: number) => range(0, values).pipe(groupBy((n) => n % 8, { maxGroups: 8, capacity: 4 }))
  const total = ({ source }: Group<number, number>) => source.to(count()).run()

  it('waits for ever, as the source waits for room: nothing is read any more', async () => {
    const run = spread(1000).pipe(mapAsyncUnordered(total, { concurrency: 7 })).to(toArray()).run()
    await settle(50)
    expect(run.status).toBe('running')
    expect(run.stats().stages.find((stage) => stage.name === 'groupBy')?.queue).toMatchObject({ capacity: 32 })
    await run.abort()
  })

  it('gets on with as much concurrency as there are groups', async () => {
    expect(await spread(1000).pipe(mapAsyncUnordered(total, { concurrency: 8 })).to(reduce((a, b) => a + b, 0)).run()).toBe(1000)
  })

  it('gets on with fewer where idle groups end', async () => {
    const clock = new VirtualClock()
    const run = range(0, 1000).pipe(
      groupBy((n) => n % 8, { maxGroups: 8, capacity: 4, idleMs: 50 }),
      mapAsyncUnordered(({ source }) => source.to(count()).run({ clock }), { concurrency: 2 }),
    ).to(reduce((a, b) => a + b, 0)).run({ clock })
    expect(await clock.runOut(run)).toBe(1000)
  })

  it('gets on with any number of keys where there are no more groups at once than it consumes', async () => {
    const run = range(0, 5000).pipe(
      groupBy((n) => (n * 7919) % 501, { maxGroups: 4, capacity: 2, onGroupLimit: 'evict' }),
      mapAsyncUnordered(total, { concurrency: 4 }),
    ).to(reduce((a, b) => a + b, 0)).run()
    expect(await run).toBe(5000)
  })
})

it('goes on without a group whose consumer wants no more: the next value of its key begins another', async () => {
  const firsts = await range(0, 40).pipe(
    groupBy((n) => n % 2, { maxGroups: 2, capacity: 1 }),
    mapAsyncUnordered(({ source }) => source.pipe(take(1)).to(toArray()).run(), { concurrency: 2 }),
  ).to(toArray()).run()
  const values = firsts.flat()
  expect(new Set(values).size).toBe(values.length)
  expect(values.length).toBeGreaterThan(4)
})

it('refuses to be consumed twice', async () => {
  const twice = async ({ source }: Group<number, number>) => [await source.to(toArray()).run(), await source.to(toArray()).run().then(String, String)]
  const results = await range(0, 2).pipe(groupBy(() => 1, { maxGroups: 1 }), mapAsyncUnordered(twice, { concurrency: 1 })).to(toArray()).run()
  expect(results).toEqual([[[0, 1], 'Error: groupBy group: it is being consumed already, and can be only once']])
})

it('O10: a stop ends the source, and every group gets what is left', async () => {
  const clock = new VirtualClock()
  const seen: number[] = []
  const probe = manualSource<number>()
  const consume = ({ source }: Group<number, number>) => source.to(forEach(async (n) => { await clock.sleep(5); seen.push(n) })).run({ clock })
  const run = probe.source.pipe(groupBy((n) => n % 3, { maxGroups: 3 }), mapAsyncUnordered(consume, { concurrency: 3 })).to(drain()).run({ clock })
  probe.emit(0, 1, 2, 3, 4)
  await settle()
  expect((await clock.runOut(run.stop())).status).toBe('completed')
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4])
})

it('O10: a stop of the run that consumes a group ends that group alone', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const totals: number[] = []
  const consume = async ({ source }: Group<number, number>): Promise<void> => {
    const run = source.to(count()).run({ clock })
    clock.after(10, () => void run.stop())
    totals.push(await run)
  }
  const run = probe.source.pipe(groupBy(() => 1, { maxGroups: 1 }), mapAsyncUnordered(consume, { concurrency: 1 })).to(drain()).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(11)
  probe.emit(4, 5)
  await clock.advance(11)
  expect(totals).toEqual([3, 2])
  await run.stop()
})

it('an abort fails what consumes a group in a run of its own', async () => {
  const probe = manualSource<number>()
  const reason = new Error('enough')
  const outcomes: unknown[] = []
  const consume = ({ source }: Group<number, number>) => source.to(drain()).run().then(() => outcomes.push('completed'), (error: unknown) => outcomes.push(error))
  const run = probe.source.pipe(groupBy((n) => n, { maxGroups: 5 }), mapAsyncUnordered(consume, { concurrency: 5 })).to(drain()).run()
  probe.emit(1, 2)
  await settle()
  await run.abort(reason)
  await settle()
  expect(outcomes).toEqual([reason, reason])
})

it('keeps the order in each group, the bound of groups, and every ticket, whatever the consumers do', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const keys = 1 + Math.floor(random() * 6)
    const maxGroups = 1 + Math.floor(random() * 4)
    const capacity = 1 + Math.floor(random() * 3)
    const tracked = trackedSource(Array.from({ length: 60 }, (_, i) => i))
    const keyOf = new Map(Array.from({ length: 60 }, (_, i) => [i, Math.floor(random() * keys)]))
    const end = ['completes', 'completes', 'aborts', 'fails', 'leaves'][Math.floor(random() * 5)]
    const failAt = Math.floor(random() * 60)
    const seen = Array.from({ length: keys }, () => [] as number[])
    let groups = 0
    const consume = async ({ key, source }: Group<number, number>): Promise<void> => {
      expect(++groups).toBeLessThanOrEqual(maxGroups)
      const leaves = end === 'leaves' && random() < 0.3
      const part = leaves ? source.pipe(take(2)) : source
      await part.to(forEach(async (n) => {
        await clock.sleep(Math.floor(random() * 4))
        seen[key]!.push(n)
      })).run({ clock, scheduler }).then(() => { groups-- })
    }
    const run = tracked.source.pipe(
      mapAsync(async (n) => { await clock.sleep(Math.max(0, 12 * random() - 8)); return n }, { concurrency: 1, capacity: 0 }),
      groupBy((n) => {
        if (end === 'fails' && n === failAt) throw new Error('no key')
        return keyOf.get(n)!
      }, { maxGroups, capacity, onGroupLimit: 'evict', ...(random() < 0.5 ? { idleMs: 3 } : {}) }),
      mapAsyncUnordered(consume, { concurrency: maxGroups }),
    ).to(drain()).run({ clock, scheduler })
    const settled = run.then(() => 'completed', () => 'failed')
    if (end === 'aborts') clock.after(random() * 40, () => void run.abort())
    const how = await clock.runOut(settled, scheduler.resting)
    if (end !== 'aborts') expect(how).toBe(end === 'fails' ? 'failed' : 'completed')
    if (end === 'completes') expect(seen.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i))
    for (const values of seen) expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    if (end === 'completes') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
  })
})

it('T2: in one run with what merges the groups, settles every ticket once, wherever it ends', async () => {
  await explore(80, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 60 }, (_, i) => i))
    const end = ['abort', 'stop', 'take', 'fail', 'groups'][Math.floor(random() * 5)]
    const run = tracked.source.pipe(
      groupBy((n) => n % 5, { maxGroups: 5, capacity: 1 + Math.floor(random() * 3), idleMs: 4 }),
      take(end === 'groups' ? 3 : 1000),
      mergedGroups(),
      take(end === 'take' ? 20 : 1000),
    ).to(forEach(async (n) => {
      await clock.sleep(random() * 3)
      if (end === 'fail' && n === 30) throw new Error('thirty')
    })).run({ clock, scheduler })
    const settled = run.then(() => 'completed', () => 'failed')
    clock.after(random() * 60, () => {
      if (end === 'abort') void run.abort()
      if (end === 'stop') void run.stop()
    })
    const how = await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    if (how === 'completed' && end === 'stop') expect(tracked.statuses.every((status) => status === 'ack')).toBe(true)
    if (end === 'take') expect(tracked.statuses.filter((status) => status === 'ack').length).toBe(20)
  })
})

it('O13: refuses what cannot work', () => {
  const key = (n: number): number => n
  expect(() => groupBy(undefined as never, { maxGroups: 1 })).toThrow(OptionError)
  expect(() => groupBy(key, undefined as never)).toThrow('groupBy: maxGroups must be a whole number of at least 1, got undefined')
  expect(() => groupBy(key, { maxGroups: 1, capacity: 0 })).toThrow('groupBy: capacity must be')
  expect(() => groupBy(key, { maxGroups: 1, idleMs: 0 })).toThrow('groupBy: idleMs must be')
  expect(() => groupBy(key, { maxGroups: 1, onGroupLimit: 'drop' as never })).toThrow("groupBy: onGroupLimit must be one of 'fail', 'evict', got \"drop\"")
  expect(() => groupBy(key, { maxGroups: 1, onError: 'no' as never })).toThrow('groupBy: onError must be')
})
