import { describe, expect, it } from 'vitest'
import { drain, from, OptionError, QueueFullError, toArray, type Overflow } from '@sluice/core'
import { explore, manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { settled } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { buffer, type BufferOptions } from './buffer'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('buffer', {
  1: { make: () => buffer(1), reference: same, ahead: 1 },
  2: { make: () => buffer(2), reference: same, ahead: 2 },
  300: { make: () => buffer(300), reference: same, ahead: 300 },
  '300, { maxWeight: 5 }': {
    make: () => buffer(300, { maxWeight: 5, weigh: () => 2 }), reference: same, ahead: 3,
    withProbe: (probe) => buffer(300, { maxWeight: 5, weigh: (value) => { probe(value); return 2 } }),
  },
  '3, by levels': {
    make: () => buffer(3, { levels: 2, priority: (value) => (typeof value === 'number' ? value & 1 : 0) }), reference: same, ordered: false, ahead: 3,
    withProbe: (probe) => buffer(3, { levels: 1, priority: (value) => { probe(value); return 0 } }),
  },
  '300, by order': { make: () => buffer(300, { compare: (a, b) => (a === b ? 0 : Number(a) - Number(b) || 0) }), reference: same, ordered: false, ahead: 300 },
  '4, by key, 2 of each': {
    make: () => buffer(4, { key: (value) => (typeof value === 'number' ? value % 3 : value), perKey: 2 }), reference: same, ordered: false, ahead: 5,
    withProbe: (probe) => buffer(4, { key: (value) => { probe(value); return 0 } }),
  },
  '2, one key, 1 of each': { make: () => buffer(2, { key: () => 0, perKey: 1 }), reference: same, ahead: 2 },
  '1, { maxWeight: 0 }': { make: () => buffer(1, { maxWeight: 0, weigh: () => 1 }), reference: same, ahead: 2 },
})

describe('weight', () => {
  const weigh = (n: number): number => n

  it('Q9: holds back what would make it too heavy, and goes on when it is light again', async () => {
    const values = manualSource<number>()
    const out = manualSink<number>()
    const run = values.source.pipe(buffer(100, { maxWeight: 10, weigh })).to(out.sink).run()
    values.emit(4, 4, 4, 1, 1)
    // The buffer is full before anything is taken from it: or a page and Node, whose macrotasks come in another order, see two things.
    await settle()
    out.request(1)
    await out.expectNext(4)
    await settle()
    // One 4 is inside and one in hand: it rests until what is inside weighs a quarter of the bound.
    expect(values.delivered).toBe(3)
    out.request(10)
    await out.expectNext(4, 4, 1, 1)
    values.end()
    await run
  })

  it('Q9: a value heavier than the bound enters only an empty queue', async () => {
    expect(await from([1, 50, 1, 60, 70]).pipe(buffer(100, { maxWeight: 10, weigh })).to(toArray()).run()).toEqual([1, 50, 1, 60, 70])
  })

  it.each<[Overflow, number[], number[]]>([
    ['drop-oldest', [3, 4], [1, 2]],
    ['drop-newest', [1, 2, 4], [3]],
  ])('%s makes room by weight', async (overflow, kept, lost) => {
    const values = manualSource<number>()
    const out = manualSink<number>()
    const dropped: number[] = []
    const run = values.source.pipe(buffer(100, { maxWeight: 7, weigh: (n) => (n === 3 ? 5 : n === 4 ? 2 : n), overflow, onDrop: (n) => dropped.push(n) })).to(out.sink).run()
    out.request(1)
    values.emit(0)
    await out.expectNext(0)
    values.emit(1, 2, 3, 4)
    await settle(2)
    out.request(10)
    await out.expectNext(...kept)
    expect(dropped).toEqual(lost)
    expect(run.stats().stages[1]!.dropped).toBe(lost.length)
    values.end()
    await run
  })

  it("'fail' fails, and says what is full", async () => {
    const values = manualSource<number>()
    const out = manualSink<number>()
    const run = values.source.pipe(buffer(100, { maxWeight: 3, weigh, overflow: 'fail' })).to(out.sink).run()
    out.request(1)
    values.emit(0)
    await out.expectNext(0)
    values.emit(2, 2)
    await settle(2)
    out.request(2)
    const error = await settled(run)
    expect(error).toBeInstanceOf(QueueFullError)
    expect((error as Error).message).toBe("buffer: full (100 values, weight 3), and its overflow policy is 'fail'")
    expect(out.values).toEqual([0, 2])
  })

  it('a weight that is none fails, naming the item', async () => {
    const run = from(['a', 'b']).pipe(buffer(10, { maxWeight: 3, weigh: (text) => (text === 'b' ? Number.NaN : 1) })).to(drain()).run()
    await expect(run).rejects.toThrow('buffer: weigh must answer a finite number of at least 0, got NaN')
    expect(run.failure).toMatchObject({ stage: 'buffer', item: 'b' })
  })

  it('T2: what is in hand is given back when the run is aborted', async () => {
    const tracked = trackedSource([5, 6, 7])
    const out = manualSink<number>()
    const run = tracked.source.pipe(buffer(100, { maxWeight: 9, weigh })).to(out.sink).run()
    out.request(1)
    await out.expectNext(5)
    await settle(2)
    await run.abort().then(() => settled(run))
    expect(tracked.statuses).toEqual(['ack', 'nack', 'nack'])
    expect(tracked.settlements).toEqual([1, 1, 1])
  })

  it('keeps both bounds, the order and every value, for any weights and consumer', async () => {
    await explore(150, async ({ random, scheduler }) => {
      const capacity = 1 + Math.floor(random() * 5)
      const maxWeight = Math.floor(random() * 12)
      const values = Array.from({ length: 25 }, (_, id) => ({ id, weight: Math.floor(random() * 8) }))
      const source = manualSource<{ id: number; weight: number }>()
      const out = manualSink<{ id: number; weight: number }>()
      const run = source.source.pipe(buffer(capacity, { maxWeight, weigh: ({ weight }) => weight })).to(out.sink).run({ scheduler })
      let emitted = 0
      for (let guard = 0; out.values.length < values.length && guard < 2000; guard++) {
        if (random() < 0.5 && emitted < values.length) source.emit(values[emitted++]!)
        if (random() < 0.5) out.request(1 + Math.floor(random() * 3))
        await settle(1)
        const inside = values.slice(out.values.length, source.delivered)
        expect(inside.length).toBeLessThanOrEqual(capacity + 1)
        // The last one may be the one in hand.
        const queued = inside.slice(0, -1)
        if (queued.length > 1) expect(queued.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(maxWeight)
      }
      source.end()
      out.request(1)
      await run
      expect(out.values).toEqual(values)
    })
  }, 60_000)
})

it('O13: refuses one of weigh and maxWeight without the other, and what is neither', () => {
  expect(() => buffer(1, { maxWeight: 5 })).toThrow(OptionError)
  expect(() => buffer(1, { maxWeight: 5 })).toThrow('buffer: maxWeight must be given together with weigh, got 5')
  expect(() => buffer(1, { weigh: () => 1 })).toThrow('buffer: weigh must be given together with maxWeight, got a function')
  expect(() => buffer(1, { maxWeight: -1, weigh: () => 1 })).toThrow('buffer: maxWeight must be a finite number of at least 0, got -1')
  expect(() => buffer(1, { maxWeight: 1, weigh: 5 as never })).toThrow('buffer: weigh must be a function, got 5')
})

describe('order', () => {
  type Ordered = readonly [name: string, options: BufferOptions<number>, out: readonly number[]]
  const orders: readonly Ordered[] = [
    ['by levels', { levels: 2, priority: (n) => (n < 10 ? 1 : 0) }, [10, 20, 11, 1, 2, 3]],
    ['by order', { compare: (a, b) => b - a }, [20, 11, 10, 3, 2, 1]],
    ['by key', { key: (n) => Math.floor(n / 10) }, [1, 10, 20, 2, 11, 3]],
  ]
  const values = [1, 2, 3, 10, 20, 11]

  /** A run whose edge holds `values`: the consumer has had 99, the most urgent, and asks for nothing more. */
  async function waiting(options: BufferOptions<number>, capacity = 10) {
    const tracked = trackedSource([99, ...values])
    const out = manualSink<number>()
    const run = tracked.source.pipe(buffer(capacity, options)).to(out.sink).run()
    out.request(1)
    await out.expectNext(99)
    await settle(3)
    return { tracked, out, run }
  }

  it.each(orders)('H5: %s: what waits comes out in its order, each value with its ticket', async (_name, options, expected) => {
    const { tracked, out, run } = await waiting(options)
    out.request(3)
    await out.expectNext(...expected.slice(0, 3))
    await settle(2)
    expect(tracked.statuses).toEqual(['ack', ...values.map((value) => (expected.indexOf(value) < 3 ? 'ack' : undefined))])
    out.request(10)
    await run
    expect(out.values.slice(1)).toEqual(expected)
    expect(tracked.settlements).toEqual([99, ...values].map(() => 1))
  })

  it.each(orders)('H5: %s: a stop delivers what was read, in its order', async (_name, options, expected) => {
    const { tracked, out, run } = await waiting(options)
    const stopping = run.stop()
    out.request(10)
    await stopping
    expect(out.values.slice(1)).toEqual(expected)
    expect(new Set(tracked.statuses)).toEqual(new Set(['ack']))
  })

  it.each(orders)('H5: %s: an abort gives back what waits, the value in hand too', async (_name, options) => {
    const { tracked, out, run } = await waiting({ ...options, ...(options.key && { perKey: 2 }) })
    await run.abort().then(() => settled(run))
    expect(out.values).toEqual([99])
    expect(tracked.statuses.filter((status) => status !== undefined)).toEqual(['ack', ...tracked.statuses.slice(1).filter((status) => status !== undefined).map(() => 'nack')])
    // By key the third value of the first key is in hand: nothing was read behind it.
    expect(tracked.statuses.filter((status) => status === 'nack')).toHaveLength(options.key ? 3 : values.length)
  })

  it.each(orders)('H5: %s: values first, then the failure of the source', async (_name, options, expected) => {
    const source = manualSource<number>()
    const out = manualSink<number>()
    const run = source.source.pipe(buffer(10, options)).to(out.sink).run()
    out.request(1)
    source.emit(99)
    await out.expectNext(99)
    source.emit(...values)
    source.fail(new Error('gone'))
    await settle(3)
    out.request(20)
    expect(await settled(run)).toEqual(new Error('gone'))
    expect(out.values.slice(1)).toEqual(expected)
  })

  it.each<readonly [...Ordered, lost: readonly number[]]>([
    ['by levels', { levels: 2, priority: (n) => (n < 10 ? 1 : 0) }, [10, 20, 11], [1, 2, 3]],
    ['by order', { compare: (a, b) => b - a }, [20, 11, 10], [1, 2, 3]],
    ['by key', { key: (n) => Math.floor(n / 10), perKey: 1 }, [3, 11, 20], [1, 2, 10]],
  ])('H2: %s: drop-oldest gives up the least urgent, of a full key the oldest, and counts it', async (_name, options, kept, lost) => {
    const dropped: number[] = []
    const { tracked, out, run } = await waiting({ ...options, overflow: 'drop-oldest', onDrop: (n) => dropped.push(n) }, 3)
    expect(run.stats().stages[1]!.dropped).toBe(3)
    expect(dropped).toEqual(lost)
    out.request(10)
    await run
    expect(out.values.slice(1)).toEqual(kept)
    expect(run.stats().totals).toMatchObject({ read: 7, delivered: 4, dropped: 3 })
    expect(tracked.settlements).toEqual([99, ...values].map(() => 1))
  })

  it('H5: a full key holds the source back until its turn has come, and nothing is lost', async () => {
    const { tracked, out, run } = await waiting({ key: (n) => Math.floor(n / 10), perKey: 2 })
    out.request(10)
    await run
    expect([...out.values].sort((a, b) => a - b)).toEqual([1, 2, 3, 10, 11, 20, 99])
    expect(out.values.filter((n) => n < 10)).toEqual([1, 2, 3])
    expect(tracked.settlements).toEqual([99, ...values].map(() => 1))
  })

  it.each<Ordered>([
    ['priority', { levels: 2, priority: (n) => (n === 10 ? 7 : 0) }, [99, 1, 2, 3]],
    ['compare', { compare: (a, b) => (a === 10 || b === 10 ? Number.NaN : b - a) }, [99, 3, 2, 1]],
  ])('R42: an answer of %s that is none fails the run, naming stage and item', async (name, options, before) => {
    const tracked = trackedSource([99, ...values])
    const out = manualSink<number>()
    const run = tracked.source.pipe(buffer(10, { ...options, name: 'mine' })).to(out.sink).run()
    out.request(10)
    const error = await settled(run)
    expect((error as Error).message).toContain(`mine: ${name} must answer`)
    expect(run.failure).toMatchObject({ stage: 'mine', item: 10 })
    expect(out.values).toEqual(before)
    expect(tracked.statuses[4]).toBe('nack')
  })
})
