import { describe, expect, it } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import { batch, broadcast, filter, map, mapAsync, take } from '@sluice/operators'
import { BoundedQueue, drain, forEach, from, KeyedQueue, OptionError, PriorityQueue, QueueClosedError, range, toArray, toQueue, type Pipeline, type Source } from '../index'

const BOOM = new Error('boom')
const bang = (n: number): number => {
  if (n === 3) throw BOOM
  return n
}
const filled = (count: number): BoundedQueue<number> => {
  const queue = new BoundedQueue<number>({ capacity: count })
  for (let i = 0; i < count; i++) queue.tryPut(i)
  return queue
}
/** So that batches are as large as they get. */
const warm = async (): Promise<void> => { await range(0, 100_000).pipe(map((n) => n)).to(drain()).run() }

describe('Q14: of a shared queue a run takes what it passes on, and leaves the rest to others, in order', () => {
  it.each<[string, (source: Source<number>) => Pipeline<unknown>]>([
    ['map', (source) => source.pipe(map(bang)).to(drain())],
    ['filter', (source) => source.pipe(filter((n) => bang(n) >= 0)).to(drain())],
    ['a chain', (source) => source.pipe(map((n) => n), filter(() => true), map(bang)).to(toArray())],
    ['forEach', (source) => source.to(forEach(bang))],
    ['mapAsync one by one', (source) => source.pipe(mapAsync(async (n) => bang(n), { concurrency: 1 })).to(drain())],
  ])('%s fails on the fourth value', async (_name, make) => {
    await warm()
    const queue = filled(1000)
    await expect(make(from(queue)).run()).rejects.toBe(BOOM)
    expect(queue.size).toBe(996)
    expect(await from(queue).pipe(take(3)).to(toArray()).run()).toEqual([4, 5, 6])
  })

  it.each<[string, (source: Source<number>) => Source<unknown>]>([
    ['broadcast', (source) => source.pipe(broadcast([(s: Source<number>) => s.pipe(map(bang)), (s: Source<number>) => s]))],
    ['batch', (source) => source.pipe(batch(10), map(() => { throw BOOM }))],
    ['mapAsync', (source) => source.pipe(mapAsync(async (n) => { await settle(1); return bang(n) }, { concurrency: 8 }))],
  ])('behind %s, what was taken and not dealt with is counted', async (_name, make) => {
    await warm()
    const queue = filled(1000)
    const run = make(from(queue)).to(drain()).run()
    await expect(run).rejects.toBe(BOOM)
    const { read, delivered, failed, abandoned } = run.stats().totals
    expect(queue.size + read).toBe(1000)
    expect(delivered + failed + abandoned).toBe(read)
  })

  it('an abort and a take leave the rest, too', async () => {
    await warm()
    const queue = filled(1000)
    const run = from(queue).pipe(map((n) => { if (n === 4) void run.abort(BOOM); return n })).to(drain()).run()
    await expect(run).rejects.toBe(BOOM)
    expect(queue.size).toBe(995)
    expect(await from(queue).pipe(take(2)).to(toArray()).run()).toEqual([5, 6])
    expect(queue.size).toBe(993)
  })
})

describe('Q15: what becomes of producers when the run that reads a queue has ended', () => {
  it.each<[string, (options: { readonly capacity: number }) => BoundedQueue<number>]>([
    ['BoundedQueue', (options) => new BoundedQueue(options)],
    ['PriorityQueue', (options) => new PriorityQueue({ ...options, levels: 1, priority: () => 0 })],
    ['KeyedQueue', (options) => new KeyedQueue({ ...options, key: () => 0 })],
  ])("with onEnd 'close' a put that waits in a %s fails, and the error names the run", async (_name, make) => {
    for (const end of ['completes', 'fails', 'is aborted', 'is stopped'] as const) {
      const queue = make({ capacity: 1 })
      const run = from(queue, { onEnd: 'close' }).pipe(map((n) => { if (end === 'fails') throw BOOM; return n }), take(end === 'completes' ? 1 : 1000)).to(drain()).run({ name: 'reader' })
      const puts = [1, 2, 3, 4].map((n) => queue.put(n).then(() => 'accepted', (error: unknown) => error))
      if (end === 'is aborted') void run.abort(BOOM)
      if (end === 'is stopped') void run.stop()
      await run.then(() => {}, () => {})
      const last = await puts[3]
      expect(last, end).toBeInstanceOf(QueueClosedError)
      expect(queue.isClosed).toBe(true)
      expect((last as Error).message, end).toContain("'reader'")
    }
  })

  it("by default the queue stays open for others; when puts have waited for a second, that nobody takes is said once", async () => {
    const clock = new VirtualClock()
    const warnings: string[] = []
    const queue = new BoundedQueue<number>({ capacity: 1, clock, name: 'orders', onWarning: ({ message }) => { warnings.push(message) } })
    const producer = range(0, 10).to(toQueue(queue)).run()
    await from(queue).pipe(take(2)).to(drain()).run()
    await clock.advance(999)
    expect(warnings).toEqual([])
    await clock.advance(1)
    expect(warnings).toEqual([expect.stringMatching(/orders: 1 puts wait .* nobody takes/)])
    await from(queue).pipe(take(2)).to(drain()).run()
    await clock.advance(5000)
    expect(warnings).toHaveLength(1)
    expect(clock.pendingTimers).toBe(0)
    expect(await from(queue).to(toArray()).run()).toHaveLength(6)
    expect(await producer).toBe(10)
  })

  it('nothing is said before anybody has read, while somebody reads, or where nothing waits', async () => {
    const clock = new VirtualClock()
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => { warnings.push(warning) }
    const queue = new BoundedQueue<number>({ capacity: 1, clock, onWarning })
    const puts = [queue.put(1), queue.put(2)]
    await clock.advance(5000)
    const loop = queue[Symbol.asyncIterator]()
    await loop.next()
    puts.push(queue.put(3))
    await clock.advance(5000)
    await loop.next()
    await loop.next()
    await loop.return?.()
    await clock.advance(5000)
    await Promise.all(puts)
    expect(warnings).toEqual([])
  })

  it('without onWarning the process, or the console, is told', async () => {
    // Where there is a process it is told, else the console is; put in their place, so that nothing is printed.
    type Told = Record<string, unknown>
    const { process: node, console: page } = globalThis as unknown as { process?: Told; console: Told }
    const [host, verb] = typeof node?.['emitWarning'] === 'function' ? [node, 'emitWarning'] as const : [page, 'warn'] as const
    const told: unknown[] = []
    const original = host[verb]
    host[verb] = (warning: unknown) => { told.push(warning) }
    const clock = new VirtualClock()
    const queue = new BoundedQueue<number>({ capacity: 1, clock })
    await queue.put(1)
    await from(queue).pipe(take(1)).to(drain()).run()
    void queue.put(2)
    void queue.put(3).catch(() => {})
    await clock.advance(1000)
    host[verb] = original
    expect(told).toHaveLength(1)
  })

  it('Q13: onEnd is checked, and close is refused where the input is no queue', () => {
    expect(() => from([1], { onEnd: 'close' })).toThrow(OptionError)
    expect(() => from(new BoundedQueue({ capacity: 1 }), { onEnd: 'keep' as 'leave' })).toThrow(/onEnd must be/)
    expect(() => new BoundedQueue({ capacity: 1, onWarning: 1 as never })).toThrow(/onWarning/)
  })
})
