import { describe, expect, it } from 'vitest'
import { deadLetter, drain, Limit, range, retry, toArray, type Operator, type Source } from '@sluice/core'
import { issueTicket, operator, type Tickets } from '@sluice/core/authoring'
import {
  buffer, distinct, distinctUntilChanged, every, filter, find, groupBy, map, mapAsyncKeyed, mergeMap, partition, rateLimit, retrySource, route, skipWhile, some, takeWhile,
  throttle,
} from './index'

type Asked = (n: number) => unknown

/** Gives each value a ticket. */
const tracked = () => operator<number, number>('tracked', (upstream, stage) => {
  const tickets: Tickets = []
  return {
    tickets,
    pull(into, limit) {
      const count = upstream.pull(into, limit)
      for (let i = 0; i < count; i++) tickets[i] = issueTicket(stage, () => {})
      return count
    },
  }
})

/** Each place in which the answer of a function is used at once; those that can tell a promise from an answer while they run are first. */
const TOLD: Readonly<Record<string, (asked: Asked) => Operator<number, unknown>>> = {
  some, every, find, takeWhile, skipWhile, filter,
  'filter with onError': (asked) => filter(asked, { name: 'filter with onError', onError: () => 'fail' }),
  'filter of tracked values': (asked) => (s) => s.pipe(tracked(), filter(asked, { name: 'filter of tracked values' })),
  distinctUntilChanged: (asked) => distinctUntilChanged((_, n) => asked(n)),
  distinct: (asked) => distinct({ maxKeys: 9, key: asked }),
  partition: (asked) => partition(asked, (s) => s, (s) => s),
  route: (asked) => route({ all: (s: Source<number>) => s }, asked as () => 'all', { otherwise: (s) => s }),
  groupBy: (asked) => (s) => s.pipe(groupBy(asked, { maxGroups: 9 }), mergeMap((group) => group.source, { concurrency: 9 })),
  mapAsyncKeyed: (asked) => mapAsyncKeyed(asked, async (n) => n, { concurrency: 2 }),
  rateLimit: (asked) => rateLimit({ rate: 1e6, key: asked }),
  throttle: (asked) => throttle({ limit: new Limit({ keyed: { concurrency: 9 } }), key: asked }),
}

describe.each(Object.entries(TOLD))('R42: a promise in the place of an answer fails the item: %s', (name, make) => {
  it.each([
    ['a promise', async (n: number) => Promise.resolve(n)],
    ['a promise that rejects', async () => Promise.reject(new Error('of nobody'))],
  ])('%s', async (_, promise) => {
    const run = range(0, 4).pipe(make((n) => promise(n))).to(toArray()).run()
    await expect(run).rejects.toMatchObject({ code: 'SLUICE_ANSWER', message: expect.stringContaining('must answer at once, and no promise') as unknown })
    expect(run.failure).toMatchObject({ stage: name })
  })
})

describe('O13: an async function in the place of one that answers at once is refused when the pipeline is built', () => {
  const asked = async (): Promise<boolean> => Promise.resolve(false)
  const places: Readonly<Record<string, () => unknown>> = {
    filter: () => filter(asked),
    some: () => some(asked),
    every: () => every(asked),
    find: () => find(asked),
    takeWhile: () => takeWhile(asked),
    skipWhile: () => skipWhile(asked),
    distinctUntilChanged: () => distinctUntilChanged(asked),
    distinct: () => distinct({ maxKeys: 9, key: asked }),
    partition: () => partition(asked, (s) => s, (s) => s),
    route: () => route({ all: (s: Source<unknown>) => s }, asked as never),
    groupBy: () => groupBy(asked, { maxGroups: 9 }),
    mapAsyncKeyed: () => mapAsyncKeyed(asked, async (n) => n, { concurrency: 2 }),
    rateLimit: () => rateLimit({ rate: 1, key: asked }),
    throttle: () => throttle({ rate: 1, key: asked }),
    buffer: () => buffer(9, { key: asked }),
    retry: () => retry({ times: 1, when: asked as never }),
    retrySource: () => retrySource({ times: 1, when: asked as never }),
    deadLetter: () => deadLetter(drain(), { map: asked }),
    map: () => map((n) => n, { onError: asked as never }),
  }
  it.each(Object.entries(places))('%s', (name, build) => {
    expect(build).toThrow(new RegExp(`^${name}: .* must be .*, got an async function$`))
  })
})
