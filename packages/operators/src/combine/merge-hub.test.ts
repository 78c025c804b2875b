import { expect, it } from 'vitest'
import { defer, forEach, never, OptionError, ProtocolError, QueueClosedError, QueueFullError, range, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { map } from '../transform/map'
import { buffer } from '../pace/buffer'
import { take } from '../select/take'
import { MergeHub } from './merge-hub'

it('hands on what is attached before and while it runs, and ends when it is closed and all have ended', async () => {
  const hub = new MergeHub<string>()
  const seen: string[] = []
  const first = hub.attach(['a', 'b'])
  await settle()
  const run = hub.source.to(forEach((word) => { seen.push(word) })).run()
  await first.done
  expect(seen).toEqual(['a', 'b'])
  const slow = manualSource<string>()
  const second = hub.attach(slow.source)
  hub.close()
  slow.emit('c')
  await settle()
  expect([seen, run.status, hub.size]).toEqual([['a', 'b', 'c'], 'running', 1])
  slow.end()
  await second.done
  await run
  expect(hub.size).toBe(0)
})

it('runs nothing of a source in the call of attach', async () => {
  const hub = new MergeHub<number>()
  const run = hub.source.to(toArray()).run()
  await settle()
  let opened = 0
  hub.attach(defer(() => { opened++; return [1] }))
  expect(opened).toBe(0)
  hub.close()
  expect(await run).toEqual([1])
  expect(opened).toBe(1)
})

it('a stage of the run itself may attach sources', async () => {
  const hub = new MergeHub<number>()
  hub.attach([3])
  const countdown = map((n: number) => { if (n > 0) hub.attach([n - 1]); else hub.close(); return n })
  expect(await hub.source.pipe(countdown).to(toArray()).run()).toEqual([3, 2, 1, 0])
})

it('holds every source back when downstream does', async () => {
  const hub = new MergeHub<number>()
  const [a, b] = [manualSource<number>(), manualSource<number>()]
  const probe = manualSink<number>()
  const run = hub.source.to(probe.sink).run()
  hub.attach(a.source)
  hub.attach(b.source)
  a.emit(1, 2, 3)
  b.emit(4, 5, 6)
  await settle()
  expect([a.delivered, b.delivered]).toEqual([0, 0])
  probe.request(2)
  await probe.expectNext(1, 4)
  expect([a.delivered, b.delivered]).toEqual([1, 1])
  await run.abort()
})

it('lets sources that always have values take turns', async () => {
  const hub = new MergeHub<number>()
  hub.attach(range(0))
  hub.attach(range(1e6))
  const values = await hub.source.pipe(take(2000)).to(toArray()).run()
  const second = values.filter((n) => n >= 1e6).length
  expect(second).toBeGreaterThan(800)
  expect(second).toBeLessThan(1200)
})

it('a source that fails concerns whoever has attached it, not the others', async () => {
  const hub = new MergeHub<number>()
  const run = hub.source.to(toArray()).run()
  const boom = new Error('boom')
  const bad = hub.attach((async function* () { yield 1; throw boom })())
  const good = hub.attach([2, 3])
  await expect(bad.done).rejects.toBe(boom)
  await good.done
  hub.close()
  expect((await run).sort()).toEqual([1, 2, 3])
})

it('a source is closed when it is detached, and the hub may end with that', async () => {
  const hub = new MergeHub<number>()
  const waiting = manualSource<number>()
  const attached = hub.attach(waiting.source)
  const early = hub.attach(never())
  early.detach()
  const run = hub.source.to(toArray()).run()
  waiting.emit(1)
  await settle()
  hub.close()
  await settle()
  expect([run.status, hub.size]).toEqual(['running', 1])
  attached.detach()
  attached.detach()
  await attached.done
  await early.done
  expect(await run).toEqual([1])
  expect(waiting.closeCount).toBe(1)
})

it('what was detached makes room at once, also while nobody reads', async () => {
  const hub = new MergeHub<number>({ maxSources: 2 })
  for (let i = 0; i < 10; i++) hub.attach([i]).detach()
  const probe = manualSink<number>()
  const run = hub.source.to(probe.sink).run()
  await settle()
  for (let i = 0; i < 10; i++) hub.attach([i]).detach()
  hub.attach([10])
  hub.attach([11])
  expect(() => hub.attach([12])).toThrow(QueueFullError)
  expect(() => hub.attach([12])).toThrow('mergeHub: 2 sources are attached')
  probe.request(5)
  await probe.expectNext(10, 11)
  await run.abort()
})

it('when the consumer leaves, sources are closed and whoever waits is told', async () => {
  const hub = new MergeHub<number>()
  const source = manualSource<number>()
  const attached = hub.attach(source.source)
  const other = hub.attach(never())
  source.emit(1, 2)
  expect(await hub.source.pipe(take(1)).to(toArray()).run()).toEqual([1])
  await expect(attached.done).rejects.toThrow('mergeHub: its consumer has gone')
  await expect(other.done).rejects.toBeInstanceOf(QueueClosedError)
  expect(source.closeCount).toBe(1)
  expect(() => hub.attach([3])).toThrow(QueueClosedError)
  expect([hub.closed, hub.size]).toEqual([true, 0])
})

it('R15: a stop drains what attached pipelines hold', async () => {
  const hub = new MergeHub<number>()
  const source = manualSource<number>()
  const attached = hub.attach(source.source.pipe(buffer(10)))
  const seen: number[] = []
  let free: () => void = () => {}
  const run = hub.source.to(forEach(async (n) => { seen.push(n); if (n === 1) await new Promise<void>((resolve) => { free = resolve }) })).run()
  source.emit(1)
  await settle()
  source.emit(2, 3)
  await settle()
  const stopped = run.stop()
  free()
  expect((await stopped).status).toBe('completed')
  expect(seen).toEqual([1, 2, 3])
  await expect(attached.done).rejects.toThrow('the run was stopped')
  expect(() => hub.attach([4])).toThrow('mergeHub: it was closed')
})

it('T1, T2: tickets of attached sources are handed on', async () => {
  const hub = new MergeHub<number>()
  const [a, b] = [trackedSource([1, 2]), trackedSource([3, 4])]
  hub.attach(a.source)
  hub.attach([0])
  const late = hub.attach([]).done
  const run = hub.source.to(forEach((n) => { if (n === 4) throw new Error('four') })).run()
  await late
  hub.attach(b.source)
  await expect(run).rejects.toThrow('four')
  expect([a.settlements, a.statuses]).toEqual([[1, 1], ['ack', 'ack']])
  expect([b.settlements, b.statuses]).toEqual([[1, 1], ['ack', 'nack']])
})

it('serves one run', async () => {
  const hub = new MergeHub<number>({ name: 'inbox' })
  hub.close()
  expect(await hub.source.to(toArray()).run()).toEqual([])
  await expect(hub.source.to(toArray()).run()).rejects.toThrow(ProtocolError)
  await expect(hub.source.to(toArray()).run()).rejects.toThrow('inbox: a hub serves one run')
})

it('does what its model does, with random arrivals, failures, detachments and cancels', async () => {
  await explore(200, async ({ scheduler, random }) => {
    const clock = new VirtualClock()
    const pick = (count: number): number => Math.floor(random() * count)
    const hub = new MergeHub<string>({ maxSources: 50 })
    const wanted = random() < 0.2 ? pick(12) : 1000
    const seen: string[] = []
    const open = new Set<number>()
    const given = new Map<number, string[]>()
    const ends = new Map<number, string>()

    const make = async function* (id: number, length: number, fails: boolean) {
      open.add(id)
      try {
        for (let i = 0; i < length; i++) {
          await clock.sleep(1 + pick(40))
          const value = `${id}:${i}`
          given.get(id)?.push(value)
          yield value
        }
        if (fails) throw new Error(`${id} fails`)
      } finally {
        open.delete(id)
      }
    }
    const run = hub.source.pipe(take(wanted)).to(forEach(async (value) => { seen.push(value); if (pick(3) === 0) await clock.sleep(pick(20)) })).run({ clock, scheduler })
    const plans = Array.from({ length: 8 }, (_, id) => ({ id, at: pick(200), length: pick(5), fails: random() < 0.2, detachAt: random() < 0.2 ? pick(100) : undefined }))
    const attached = plans.map(async ({ id, at, length, fails, detachAt }) => {
      await clock.sleep(at)
      if (hub.closed) { ends.set(id, 'refused'); return }
      given.set(id, [])
      const handle = hub.attach(make(id, length, fails))
      if (detachAt !== undefined) clock.after(detachAt, () => { handle.detach() })
      ends.set(id, await handle.done.then(() => 'ended', (error: unknown) => (error instanceof QueueClosedError ? 'left' : 'failed')))
    })
    clock.after(300, () => { hub.close() })
    await clock.runOut(run, scheduler.resting)
    await clock.runOut(Promise.all(attached), scheduler.resting)

    expect(open.size).toBe(0)
    expect(hub.size).toBe(0)
    expect(new Set(seen).size).toBe(seen.length)
    for (const { id, length, fails, detachAt } of plans) {
      const mine = seen.filter((value) => value.startsWith(`${id}:`))
      // In order, and nothing left out in between.
      expect(mine).toEqual(Array.from({ length: mine.length }, (_, i) => `${id}:${i}`))
      if (ends.get(id) === 'refused') continue
      if (ends.get(id) === 'failed') expect(fails).toBe(true)
      if (wanted === 1000 && detachAt === undefined) {
        expect(ends.get(id)).toBe(fails ? 'failed' : 'ended')
        expect(mine).toHaveLength(length)
      }
    }
    if (wanted < seen.length) throw new Error('more than wanted')
  })
})

it('rests without a timer, and keeps nothing of sources that have ended', async () => {
  const clock = new VirtualClock()
  const hub = new MergeHub<number>()
  const run = hub.source.to(toArray()).run({ clock })
  for (let i = 0; i < 1000; i++) await hub.attach([i]).done
  await clock.advance(3_600_000)
  expect([clock.pendingTimers, hub.size, run.stats().stages.length]).toEqual([0, 0, 2])
  hub.close()
  expect(await run).toHaveLength(1000)
})

it('O13: options are checked when it is made, sources when they are attached', () => {
  expect(() => new MergeHub({ maxSources: 0 })).toThrow(OptionError)
  expect(() => new MergeHub({ maxSources: 0 })).toThrow('MergeHub: maxSources must be a whole number of at least 1, got 0')
  expect(() => new MergeHub().attach(5 as never)).toThrow('mergeHub: input must be an iterable')
})
