import * as core from '@sluice/core'
import * as durable from '@sluice/core/durable'
import * as operators from '@sluice/operators'
import { expect, it } from 'vitest'
import * as sluice from './index'

it('W0: one import has all that core, its durable joints and the operators export, and no name means two things', () => {
  const names = [...Object.keys(core), ...Object.keys(durable), ...Object.keys(operators)]
  // A name that two of them export would be left out by `export *`, without a word.
  expect(Object.keys(sluice).sort()).toEqual(names.sort())
  expect(new Set(names).size).toBe(names.length)
})

it('a first program needs one import', async () => {
  const { batch, from, map, retry, retrySource, toArray } = sluice
  const sums = from([1, 2, 3]).pipe(map((n) => n * 2, { onError: retry({ times: 2 }) }), retrySource({ times: 1 }), batch(2)).to(toArray())
  expect(await sums.run()).toEqual([[2, 4], [6]])
})
