import { expect, it } from 'vitest'
import { from, OptionError, toArray } from '@sluice/core'
import { manualSource, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { zipLongest } from './zip-longest'

const rows = (values: readonly unknown[], other: readonly unknown[], fill: unknown): unknown[] =>
  Array.from({ length: Math.max(values.length, other.length) }, (_, i) => [
    i < values.length ? values[i] : fill, i < other.length ? other[i] : fill,
  ])

underLaw('zipLongest', {
  'nothing': { make: () => zipLongest([]), reference: (values) => values.map((value) => [value]) },
  "three values, { fill: '-' }": {
    make: () => zipLongest([['a', 'b', 'c']], { fill: '-' }), reference: (values) => rows(values, ['a', 'b', 'c'], '-'),
    uponFailure: (values) => rows(values, ['a', 'b', 'c'], '-').slice(0, values.length),
  },
})

it('fills with undefined where nothing else is said', async () => {
  expect(await from([1]).pipe(zipLongest([['a', 'b']])).to(toArray()).run()).toEqual([[1, 'a'], [undefined, 'b']])
})

it('waits for an input that has neither a value nor ended', async () => {
  const slow = manualSource<string>()
  const seen: unknown[] = []
  const run = from([1]).pipe(zipLongest([slow.source], { fill: null })).to(toArray()).run()
  await settle()
  expect(seen).toEqual([])
  slow.emit('a', 'b')
  slow.end()
  expect(await run).toEqual([[1, 'a'], [null, 'b']])
})

it('T2: values of an incomplete tuple go back when the run is aborted', async () => {
  const tracked = trackedSource([1, 2])
  const run = tracked.source.pipe(zipLongest([manualSource().source])).to(toArray()).run()
  await settle()
  await run.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  expect([tracked.settlements, tracked.statuses]).toEqual([[1], ['nack']])
})

it('O13: others must be an array of sources', () => {
  expect(() => zipLongest('ab' as never)).toThrow(OptionError)
  expect(() => zipLongest(undefined as never)).toThrow('zipLongest: others must be an array of what `from` takes, got undefined')
  expect(() => zipLongest([5] as never)).toThrow('zipLongest: others[0] must be an iterable')
})
