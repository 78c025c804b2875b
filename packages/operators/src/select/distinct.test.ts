import { expect, it } from 'vitest'
import { from, interval, toArray } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { map } from '../transform/map'
import { underLaw } from '../../test/under-law'
import { take } from './take'
import { distinct } from './distinct'

underLaw('distinct', {
  'of all': { make: () => distinct({ maxKeys: 1_000_000 }), reference: (values) => [...new Set(values)] },
  'by key': {
    make: () => distinct({ maxKeys: 1000, key: (value) => String(value).length }),
    reference: (values) => [...new Map([...values].reverse().map((value) => [String(value).length, value])).values()].reverse(),
  },
  'by a key that may throw': {
    make: () => distinct({ maxKeys: 1_000_000, key: (value) => value }),
    reference: (values) => [...new Set(values)],
    withProbe: (probe) => distinct({ maxKeys: 1_000_000, key: (value) => { probe(value); return value } }),
  },
})

it('forgets the key it learnt first when there are more than maxKeys', async () => {
  expect(await from([1, 2, 3, 1, 3]).pipe(distinct({ maxKeys: 2 })).to(toArray()).run()).toEqual([1, 2, 3, 1])
})

it('forgets a key ttlMs after its first sight', async () => {
  const clock = new VirtualClock()
  const run = interval(10).pipe(map((n) => [n, 'same'] as const), distinct({ ttlMs: 35, key: ([, key]) => key }), take(3)).to(toArray()).run({ clock })
  await clock.advance(1000)
  expect((await run).map(([n]) => n)).toEqual([0, 4, 8])
})

it('O13: refuses to remember without a bound', () => {
  expect(() => distinct({})).toThrow('distinct: maxKeys must be given, or ttlMs: what is remembered has to be bounded, got undefined')
  expect(() => distinct(undefined as never)).toThrow('distinct: maxKeys must be given')
  expect(() => distinct({ maxKeys: 0 })).toThrow('distinct: maxKeys must be a whole number of at least 1, got 0')
  expect(() => distinct({ ttlMs: Infinity })).toThrow('distinct: ttlMs must be a finite number')
  expect(() => distinct({ maxKeys: 1, key: 'id' as never })).toThrow('distinct: key must be a function')
})
