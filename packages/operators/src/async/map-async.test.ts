import { expect, it } from 'vitest'
import { range, toArray } from '@sluice/core'
import { later, underLaw } from '../../test/under-law'
import { mapAsync } from './map-async'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('mapAsync', {
  'concurrency 1, capacity 0': {
    make: () => mapAsync(later, { concurrency: 1, capacity: 0 }), reference: same, ahead: 1,
    withProbe: (probe) => mapAsync(async (value) => { probe(value); return value }, { concurrency: 1, capacity: 0 }),
  },
  'concurrency 4': {
    make: () => mapAsync(later, { concurrency: 4 }), reference: same, ahead: 8,
    withProbe: (probe) => mapAsync(async (value) => { probe(await later(value)); return value }, { concurrency: 4 }),
  },
  'a plain function': {
    make: () => mapAsync((value) => value, { concurrency: 2 }), reference: same, ahead: 4,
    withProbe: (probe) => mapAsync((value) => { probe(value); return value }, { concurrency: 2 }),
  },
})

it('O7: goes on after a skipped item where there is room for one item only', async () => {
  const odd = async (n: number): Promise<number> => {
    if (n % 2 === 0) throw new Error('even')
    return n
  }
  const run = range(1, 5).pipe(mapAsync(odd, { concurrency: 1, capacity: 0, onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([1, 3, 5])
})
