import { expect, it } from 'vitest'
import { forEach, from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { enumerate } from './enumerate'

underLaw('enumerate', {
  'from 0': { make: () => enumerate(), reference: (values) => values.map((value, index) => [index, value]) },
  'from 1': { make: () => enumerate(1), reference: (values) => values.map((value, index) => [index + 1, value]) },
})

it('O8: each run counts from the start', async () => {
  const pipeline = from(['a']).pipe(enumerate(7)).to(toArray())
  expect([await pipeline.run(), await pipeline.run()]).toEqual([[[7, 'a']], [[7, 'a']]])
})

it('O13: refuses a start that is no number to count from', () => {
  expect(() => enumerate(-1)).toThrow('enumerate: start must be a whole number of at least 0, got -1')
})

it('R43: fails where the number would be beyond 2^53 - 1', async () => {
  const seen: unknown[] = []
  const run = from(['a', 'b']).pipe(enumerate(Number.MAX_SAFE_INTEGER)).to(forEach((pair) => { seen.push(pair) })).run()
  await expect(run).rejects.toThrow('enumerate: the next number would be beyond 2^53 - 1')
  expect(seen).toEqual([[Number.MAX_SAFE_INTEGER, 'a']])
  expect(run.failure?.item).toBe('b')
})
