import { expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { range, toArray } from '../index'
import { mapping } from '../authoring'

const BOOM = new Error('boom')

/** Fails from a callback while it looks at `item`, as one that watches a clock or a signal does. */
const failingOn = (item: number) =>
  mapping<number, number>('watching', (stage) => (value) => {
    if (value === item) stage.fail(BOOM, value)
    return value
  })

it.each([
  ['alone', range(1, 3).pipe(failingOn(2))],
  ['last', range(1, 3).pipe(map((n) => n), failingOn(2))],
  ['in the middle', range(1, 3).pipe(map((n) => n), failingOn(2), map((n) => n))],
  ['first', range(1, 3).pipe(failingOn(2), map((n) => n), map((n) => n))],
])('R4: a step that fails from a callback fails the run wherever it stands among others: %s', async (_where, values) => {
  const run = values.to(toArray()).run()
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  expect([run.failure?.stage, run.failure?.item]).toEqual(['watching', 2])
})
