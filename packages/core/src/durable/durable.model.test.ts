import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batch, batchWhileBusy, broadcast, buffer, delay, filter, flatMap, groupBy, map, mapAsync, mapAsyncUnordered, mergeMap, mergeWith, retryItem, route, scan, tap } from '@sluice/operators'
import { ScriptedQueue, VirtualClock } from '@sluice/testing'
import { forEach, from, type Operator, type Source } from '../index'
import { durable, fromDurable, toDurable } from './index'

const ITEMS = 40
const BOOM = new Error('boom')
const NAME = { name: 'items' }

/** What a pipeline may do between two joints: each value that comes out tells by its number of which item it was made. */
const STAGES: Readonly<Record<string, (clock: VirtualClock, between: ScriptedQueue[]) => Operator<number, number>>> = {
  map: () => map((n) => n),
  filter: () => filter((n) => n % 5 !== 3),
  flatMap: () => flatMap((n) => [n, n]),
  mapAsync: (clock) => mapAsync(async (n) => { await clock.sleep(7 + (n % 3)); return n }, { concurrency: 3 }),
  mapAsyncUnordered: (clock) => mapAsyncUnordered(async (n) => { await clock.sleep(1 + ((n * 7) % 11)); return n }, { concurrency: 4 }),
  batch: () => (source) => source.pipe(batch(3), flatMap((values) => values)),
  batchWithin: () => (source) => source.pipe(batch(10, { withinMs: 20 }), flatMap((values) => values)),
  batchWhileBusy: () => (source) => source.pipe(batchWhileBusy({ maxCount: 5 }), flatMap((values) => values)),
  buffer: () => buffer(4),
  delay: () => delay(5),
  mergeMap: (clock) => mergeMap((n) => from([n]).pipe(mapAsync(async (m) => { await clock.sleep(3); return m }, { concurrency: 1 })), { concurrency: 2 }),
  mergeWith: () => mergeWith(from<number>([])),
  groups: () => (source) => source.pipe(groupBy((n) => n % 3, { maxGroups: 3, capacity: 2 }), mergeMap((group) => group.source, { concurrency: 3 })),
  broadcast: () => broadcast([(s: Source<number>) => s, (s: Source<number>) => s.pipe(buffer(2))]),
  route: () => route({ even: (s: Source<number>) => s, odd: (s: Source<number>) => s.pipe(map((n) => n)) }, (n) => (n % 2 === 0 ? 'even' : 'odd')),
  scan: () => scan((_, n) => n, 0),
  retryItem: () => retryItem(map((n) => n), { times: 2 }),
  tap: () => tap(() => {}),
  joint: (clock, between) => {
    const queue = new ScriptedQueue(clock, { capacity: between.length % 2 === 0 ? 4 : Infinity })
    between.push(queue)
    return durable<number>(queue, { name: 'between', hold: 5 })
  },
}
const dropped = (n: number): boolean => n % 5 === 3

type End = 'completion' | 'stop' | 'abort' | 'failure'

interface Played {
  readonly stages: readonly string[]
  readonly done: ReadonlySet<number>
  readonly left: readonly number[]
  readonly status: string
  readonly leased: number
  readonly timers: number
}

/** Plays the items through the stages, ends the run in a way, and tells what was done, and what is left in the queue. */
async function play(stages: readonly string[], end: End, atMs: number): Promise<Played> {
  const clock = new VirtualClock()
  const queue = new ScriptedQueue(clock)
  const filling = from(Array.from({ length: ITEMS }, (_, n) => n)).to(toDurable(queue, { ...NAME, until: 'sealed' })).run({ clock })
  await clock.advance(10)
  await filling
  const done = new Set<number>()
  const between: ScriptedQueue[] = []
  let calls = 0
  const source = stages.reduce<Source<number>>((made, stage) => made.pipe((STAGES[stage] as (clock: VirtualClock, between: ScriptedQueue[]) => Operator<number, number>)(clock, between)), fromDurable<number>(queue, { ...NAME, until: 'sealed' }))
  const run = source.to(forEach(async (n) => {
    await clock.sleep(2)
    if (end === 'failure' && ++calls === 1 + (atMs % 30)) throw BOOM
    done.add(n)
  }, { concurrency: 2 })).run({ clock })
  run.catch(() => {})
  await clock.advance(atMs)
  if (end === 'stop') void run.stop()
  if (end === 'abort') void run.abort().catch(() => {})
  for (let ms = 0; run.status === 'running' || run.status === 'stopping'; ms += 100) {
    if (ms > 60_000) throw new Error('the run hangs')
    await clock.advance(100)
  }
  await clock.advance(2000)
  await run.catch(() => {})
  const queues = [queue, ...between]
  const left = queues.flatMap(({ bodies }) => bodies).map((body) => JSON.parse(new TextDecoder().decode(body.subarray(2))) as number)
  return { stages, done, left, status: run.status, leased: (await Promise.all(queues.map((each) => each.stats()))).reduce((sum, { leased }) => sum + leased, 0), timers: clock.pendingTimers }
}

describe('durable pipelines of every kind', () => {
  it('D27: after every end each item is done, was left out on purpose, or is in the queue; after completion none is left', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(STAGES)), { maxLength: 4 }),
      fc.constantFrom<End>('completion', 'stop', 'abort', 'failure'),
      fc.integer({ min: 1, max: 150 }),
      async (stages, end, atMs) => {
        const { done, left, status, leased, timers } = await play(stages, end, atMs)
        const lost = Array.from({ length: ITEMS }, (_, n) => n).filter((n) => !done.has(n) && !left.includes(n) && !(stages.includes('filter') && dropped(n)))
        expect(lost).toEqual([])
        if (status === 'completed' && end === 'completion') expect(left).toEqual([])
        expect([leased, timers]).toEqual([0, 0])
        expect(status).toBe(end === 'abort' && status !== 'completed' ? 'aborted' : end === 'failure' && status !== 'completed' ? 'failed' : 'completed')
      },
    ), { numRuns: Number(process.env['SLUICE_RUNS'] ?? 150) })
  }, 120_000)
})
