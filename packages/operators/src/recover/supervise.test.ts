import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { mapAsync } from '../async/map-async'
import { map } from '../transform/map'
import { flatMap } from '../transform/flat-map'
import { supervise } from './supervise'

underLaw('supervise', {
  'a map': { make: () => supervise(map((value) => [value]), 'skip'), reference: (values) => values.map((value) => [value]) },
  'a map that may fail': {
    make: () => supervise(map((value) => value), 'fail'), reference: (values) => [...values],
  },
})

it('an item that fails anywhere inside fails as one', async () => {
  const chain = supervise<number, number>((items) => items.pipe(
    mapAsync(async (n) => { if (n === 2) throw new Error('two'); return n }, { concurrency: 1 }),
    flatMap((n) => [n, n]),
    map((n) => { if (n === 3) throw new Error('three'); return n }),
  ), 'skip')
  const run = from([1, 2, 3, 4]).pipe(chain).to(toArray()).run()
  expect(await run).toEqual([1, 1, 4, 4])
  expect(run.stats().stages.find(({ name }) => name === 'supervise')?.dropped).toBe(2)
})

it('O6: a failure that is not recovered from fails the run', async () => {
  const run = from([1]).pipe(supervise(map(() => { throw new Error('no') }), 'fail')).to(toArray()).run()
  await expect(run).rejects.toThrow('no')
})

it('O13: refuses to go without a policy', () => {
  expect(() => supervise(map((n) => n), undefined as never)).toThrow("supervise: onError must be 'skip', 'restart', 'nack', retry(...), deadLetter(...) or a function, got undefined")
  expect(() => supervise(5 as never, 'skip')).toThrow('supervise: operator must be a function, got 5')
})
