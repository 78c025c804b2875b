import { describe, expect, it } from 'vitest'
import { drain, forEach, from, OptionError, toArray, type Operator, type Source } from '@sluice/core'
import { trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { map } from '../transform/map'
import { unzip } from './unzip'

/** Values as pairs, taken apart: the law suite gives single ones. */
const paired = (unzipping: Operator<[unknown, unknown], unknown>): Operator<unknown, unknown> =>
  (source) => source.pipe(map((value): [unknown, unknown] => [value, value]), unzipping)
const pairs: [number, string][] = [[1, 'a'], [2, 'b'], [3, 'c']]

underLaw('unzip', {
  'two branches': {
    make: () => paired(unzip([(s) => s, (s) => s])), reference: (values) => values.flatMap((value) => [value, value]), ordered: false,
  },
  'a branch and a sink': { make: () => paired(unzip([(s) => s.to(drain()), (s) => s])), reference: (values) => [...values] },
})

describe('unzip', () => {
  it('gives each branch its part', async () => {
    const texts: string[] = []
    const numbers = await from(pairs).pipe(unzip([(s) => s.pipe(map((n) => n * 10)), (s) => s.to(forEach((text) => { texts.push(text) }))])).to(toArray()).run()
    expect([numbers, texts]).toEqual([[10, 20, 30], ['a', 'b', 'c']])
  })

  it('parts that lack are undefined, parts that nobody takes are left out', async () => {
    const lists: (readonly number[])[] = [[1], [2, 3, 4]]
    const seen: unknown[] = []
    const run = from(lists).pipe(unzip([(s: Source<number>) => s, (s: Source<number>) => s.to(forEach((n) => { seen.push(n) }))])).to(toArray()).run()
    expect([await run, seen]).toEqual([[1, 2], [undefined, 3]])
  })

  it('a branch that wants no more leaves', async () => {
    expect(await from(pairs).pipe(unzip([(s) => s.pipe(take(1)), (s) => s])).to(toArray()).run()).toEqual([1, 'a', 'b', 'c'])
  })

  it('a value that is no list fails the run, and nobody gets a part of it', async () => {
    const out: unknown[] = []
    const run = from([[1, 2], null] as [number, number][]).pipe(unzip([(s) => s, (s) => s])).to(forEach((n) => { out.push(n) })).run()
    await expect(run).rejects.toThrow('unzip: each value must be an array, got null')
    expect(run.failure).toMatchObject({ stage: 'unzip', item: null })
    expect(out.sort()).toEqual([1, 2])
  })

  it('T1: a list is dealt with when all its parts are', async () => {
    const tracked = trackedSource(pairs)
    const run = tracked.source.pipe(unzip([(s) => s, (s) => s.to(forEach((text) => { if (text === 'c') throw new Error('c') }))])).to(drain()).run()
    await expect(run).rejects.toThrow('c')
    expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'nack']])
  })

  it('R30: a value that is no list goes where onError says, and the others are taken apart', async () => {
    const mixed = [[1, 'a'], null, 'no list', [2, 'b']] as unknown as [number, string][]
    const out: unknown[] = []
    const tracked = trackedSource(mixed)
    const run = tracked.source.pipe(unzip([(s) => s, (s) => s.to(forEach((text) => { out.push(text) }))], { onError: 'skip' })).to(toArray()).run()
    expect([await run, out]).toEqual([[1, 2], ['a', 'b']])
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
    expect(run.stats().totals).toMatchObject({ read: 4, skipped: 2, abandoned: 0 })
  })

  it.each<[string, () => unknown]>([
    ["unzip: onError must be 'fail'", () => unzip([(s: Source<unknown>) => s], { onError: 'no' as never })],
    ['unzip: branches must be a list of at least one branch', () => unzip([])],
    ['unzip: branches[0] must be a function', () => unzip([1 as never])],
    ['unzip: slowBranch must be', () => unzip([(s: Source<unknown>) => s], { slowBranch: 1 as never })],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
