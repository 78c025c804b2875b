import { describe, expect, it } from 'vitest'
import { batch, buffer, filter, groupBy, map, mapAsync, mapAsyncUnordered, mergeMap, rateLimit, retrySource, share, throttle, zip } from '@sluice/operators'
import { BoundedQueue, drain, explain, from, interval, Limit, range, retry, toArray, toQueue, Topic, type Operator, type Pipeline } from '../index'
import { operator } from '../authoring'

const hazardsOf = (pipeline: Pipeline<unknown>): string[] => explain(pipeline).hazards.map(({ id, stage }) => `${id}: ${stage}`)
const through = (...operators: Operator<number, number>[]): Pipeline<unknown> => operators.reduce((source, next) => source.pipe(next), range(0, 9)).to(drain())
const call = async (n: number): Promise<number> => n

describe('explain', () => {
  it('tells the most that is held, stage by stage, and what becomes of order, values and tickets', () => {
    const explained = explain(range(0).pipe(
      mapAsyncUnordered(call, { concurrency: 3, capacity: 5 }), buffer(16, { overflow: 'drop-oldest', weigh: (n) => n, maxWeight: 100 }), mergeMap((n) => [n], { concurrency: 2 }),
    ).to(drain()))
    expect(explained).toMatchObject({ holds: 26, weighs: null, reorders: ['mapAsyncUnordered', 'mergeMap'], drops: ['buffer'], endsTickets: [], unknown: [], hazards: [{ id: 'unweighed' }] })
    expect(explained.stages.map(({ id, holds, weighs, opens }) => [id, holds, weighs, opens])).toEqual([
      ['range', 0, null, 0], ['mapAsyncUnordered', 8, null, 0], ['buffer', 16, 100, 0], ['mergeMap', 2, null, 2], ['drain', 0, null, 0],
    ])
    expect(JSON.parse(JSON.stringify(explained))).toEqual(explained)
    expect(explained.text).toContain('It holds at most 26 values, and one in the hand of each stage.')
    expect(explained.text).toMatch(/buffer +holds 16, at most 100 by weight +\(.*explain\.test\.ts:\d+:\d+\)/)
  })

  it('weight is known where all that is held is weighed', () => {
    expect(explain(range(0).pipe(buffer(16, { weigh: (n) => n, maxWeight: 100 })).to(drain())).weighs).toBe(100)
  })

  it('says what it does not know', () => {
    const mine = operator<number, number>('mine', (upstream) => ({ pull: (into, limit) => upstream.pull(into, limit) }))
    expect(explain(range(0).pipe(mine).to(drain()))).toMatchObject({ holds: null, unknown: ['mine'] })
  })

  it.each<[string, () => Pipeline<unknown>, string[]]>([
    ['groups consumed by too few', () => range(0).pipe(groupBy((n) => n % 9, { maxGroups: 9 }), map((group) => group), mergeMap(({ source }) => source, { concurrency: 8 })).to(drain()), ['groups-starved: groupBy']],
    ['zip over two branches of one source', () => { const shared = share(range(0)); return zip(shared, shared.pipe(filter((n) => n > 1))).to(drain()) }, ['zip-of-branches: zip']],
    ['zip over two subscriptions of one topic', () => { const topic = new Topic<number>({ capacity: 4 }); return zip(from(topic.subscribe()), from(topic.subscribe())).to(drain()) }, ['zip-of-branches: zip']],
    ['a retry at once', () => through(mapAsync(call, { concurrency: 2, onError: retry({ times: 3, delayMs: 0 }) })), ['retry-without-delay: mapAsync']],
    ['a source read again at once', () => through(retrySource({ times: 2 })), ['retry-without-delay: retrySource']],
    ['retries of retries', () => through(mapAsync(call, { concurrency: 2, onError: retry({ times: 3 }) }), retrySource({ times: 2, delayMs: 10 })), ['retries-multiply: retrySource']],
    ['retries beside a throttle', () => through(throttle({ rate: 10 }), mapAsync(call, { concurrency: 2, onError: retry({ times: 3 }) })), ['retries-bypass-rate: mapAsync']],
    ['retries beside a rate limit', () => through(rateLimit({ rate: 10 }), mapAsync(call, { concurrency: 2, onError: retry({ times: 3 }) })), ['retries-bypass-rate: mapAsync']],
    ['all values of a source without an end', () => interval(10).to(toArray()), ['unbounded: toArray']],
    ['more calls than permits', () => through(mapAsync(call, { concurrency: 8, limit: new Limit({ concurrency: 2 }) })), ['places-wait-for-permits: mapAsync']],
    ['a batch without a time, of events', () => interval(10).pipe(batch(10)).to(drain()), ['batch-may-wait: batch']],
    ['a circle', () => { const queue = new BoundedQueue<number>({ capacity: 4 }); return from(queue).to(toQueue(queue)) }, ['circle: toQueue']],
  ])('hazard: %s', (_what, make, expected) => {
    const { hazards, text } = explain(make())
    expect(hazards.map(({ id, stage }) => `${id}: ${stage}`)).toEqual(expected)
    for (const { message, advice } of hazards) expect(text).toContain(`${message}.\n  ${advice.slice(0, 1).toUpperCase()}${advice.slice(1)}.`)
  })

  it.each<[string, () => Pipeline<unknown>]>([
    ['as many consumers as groups', () => range(0).pipe(groupBy((n) => n % 9, { maxGroups: 9 }), mergeMap(({ source }) => source, { concurrency: 9 })).to(drain())],
    ['zip over sources of their own', () => zip(range(0), range(0)).to(drain())],
    ['a retry with a delay', () => through(mapAsync(call, { concurrency: 2, onError: retry({ times: 3 }) }), )],
    ['a retry that passes the limit of the throttle', () => { const limit = new Limit({ rate: 10 }); return through(throttle({ limit }), mapAsync(call, { concurrency: 2, onError: retry({ times: 3, limit }) })) }],
    ['a list of what has an end', () => range(0, 9).to(toArray())],
    ['a batch with a time', () => interval(10).pipe(batch(10, { withinMs: 100 })).to(drain())],
    ['a batch of what is at hand', () => range(0, 9).pipe(batch(10)).to(drain())],
    ['as many permits as calls', () => through(mapAsync(call, { concurrency: 2, limit: new Limit({ concurrency: 2 }) }))],
  ])('silent: %s', (_what, make) => {
    expect(hazardsOf(make())).toEqual([])
  })
})
