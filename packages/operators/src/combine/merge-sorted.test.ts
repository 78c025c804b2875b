import { expect, it } from 'vitest'
import { deadLetter, forEach, from, OptionError, range, retry, toArray } from '@sluice/core'
import { manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { mergeSorted } from './merge-sorted'

const ascending = (a: number, b: number): number => a - b
const size = (value: unknown): number => (typeof value === 'number' && !Number.isNaN(value) ? value : 0)
const bySize = (a: unknown, b: unknown): number => size(a) - size(b)

/** Two lists merged, the first before the second where they are equal. */
function merged(values: readonly unknown[], others: readonly unknown[]): unknown[] {
  const [a, b] = [[...values], [...others]]
  const all: unknown[] = []
  while (a.length > 0 || b.length > 0) all.push(b.length === 0 || (a.length > 0 && bySize(a[0], b[0]) <= 0) ? a.shift() : b.shift())
  return all
}

underLaw('mergeSorted', {
  'nothing': { make: () => mergeSorted([], bySize), reference: (values) => [...values] },
  'a value in between': {
    make: () => mergeSorted<unknown>([[2.5]], bySize),
    reference: (values) => merged(values, [2.5]),
    uponFailure: (values) => (values.length < 4 ? [...values] : merged(values, [2.5])),
    ahead: 1,
  },
  'a value after all others': {
    make: () => mergeSorted<unknown>([['z']], (a, b) => (b === 'z' ? -1 : bySize(a, b))),
    reference: (values) => [...values, 'z'],
    uponFailure: (values) => [...values],
    withProbe: (probe) => mergeSorted<unknown>([['z']], (a) => { probe(a); return -1 }),
  },
})

it('merges many sources, however they come', async () => {
  const sources = [3, 1, 2, 7].map((step) => from((async function* () {
    for (let n = step; n < 40; n += step) { if (n % 2 === 0) await settle(1); yield n }
  })()))
  const values = await range(0, 10).pipe(mergeSorted(sources, ascending)).to(toArray()).run()
  expect(values).toHaveLength(10 + 13 + 39 + 19 + 5)
  expect(values).toEqual([...values].sort(ascending))
})

it('is stable: equal values come in the order of the sources', async () => {
  const tagged = (tag: string) => [1, 1, 2].map((key) => ({ key, tag }))
  const values = await from(tagged('a')).pipe(mergeSorted([tagged('b'), tagged('c')], (a, b) => a.key - b.key)).to(toArray()).run()
  expect(values.map(({ key, tag }) => tag + String(key)).join(' ')).toBe('a1 a1 b1 b1 c1 c1 a2 b2 c2')
})

it('waits for a source that might have the smallest, and reads on only where a value has gone out', async () => {
  const [a, b] = [manualSource<number>(), manualSource<number>()]
  const seen: number[] = []
  const run = a.source.pipe(mergeSorted([b.source], ascending)).to(forEach((n) => { seen.push(n) })).run()
  a.emit(1, 5, 6)
  await settle()
  expect([seen, a.delivered]).toEqual([[], 1])
  b.emit(2, 3)
  await settle()
  expect([seen, a.delivered, b.delivered]).toEqual([[1, 2, 3], 2, 2])
  b.end()
  await settle()
  expect(seen).toEqual([1, 2, 3, 5, 6])
  a.end()
  await run
})

it.each([Number.NaN, undefined, true])('fails where compare answers %s', async (answer) => {
  const run = from([1, 2]).pipe(mergeSorted([[3]], () => answer as number)).to(toArray()).run()
  await expect(run).rejects.toThrow(`mergeSorted: compare must answer a number, got ${String(answer)}`)
  expect(run.failure).toMatchObject({ stage: 'mergeSorted', item: 1, attempt: 1 })
})

it("R30: 'skip' leaves out the value that compare fails on, and acknowledges it", async () => {
  const tracked = trackedSource([1, 13, 20])
  const compare = (a: number, b: number): number => { if (a === 13) throw new Error('thirteen'); return a - b }
  const run = tracked.source.pipe(mergeSorted([[2, 30]], compare, { onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([1, 2, 20, 30])
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1], ['ack', 'ack', 'ack']])
  expect(run.stats().stages.find(({ name }) => name === 'mergeSorted')?.dropped).toBe(1)
})

it('R31, R32: tries again, after a while, so many times', async () => {
  const clock = new VirtualClock()
  const tries: number[] = []
  const compare = (a: number, b: number): number => {
    if (a === 4) tries.push(clock.now())
    if (a === 4 && tries.length < 3) throw new Error('not yet')
    return a - b
  }
  const run = from([1, 4]).pipe(mergeSorted([[2, 3]], compare, { onError: retry({ times: 5, delayMs: 100, jitter: 0 }) })).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual([1, 2, 3, 4])
  expect(tries[0]).toBe(0)
  expect(tries[1]).toBeGreaterThan(0)
})

it('R31: gives up with the attempt it was, after what came before', async () => {
  const boom = new Error('boom')
  const seen: number[] = []
  const tracked = trackedSource([1, 4])
  const compare = (a: number, b: number): number => { if (a === 4) throw boom; return a - b }
  const run = tracked.source.pipe(mergeSorted([[2, 3]], compare, { onError: retry({ times: 2, delayMs: 0 }), name: 'sorting' })).to(forEach((n) => { seen.push(n) })).run()
  await expect(run).rejects.toBe(boom)
  expect(seen).toEqual([1])
  expect(run.failure).toMatchObject({ stage: 'sorting', item: 4, attempt: 3 })
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1], ['ack', 'nack']])
})

it('R34: a dead letter that cannot be written is a failure', async () => {
  const lost = new Error('disk full')
  const compare = (): number => { throw new Error('no order') }
  const broken = forEach(async () => { await settle(1); throw lost })
  const run = from([1]).pipe(mergeSorted([[2]], compare, { onError: deadLetter(broken) })).to(toArray()).run()
  await expect(run).rejects.toBe(lost)
})

it('O13: options are checked when it is built', () => {
  expect(() => mergeSorted([], undefined as never)).toThrow('mergeSorted: compare must be a function, got undefined')
  expect(() => mergeSorted(ascending as never, ascending)).toThrow('mergeSorted: others must be an array of what `from` takes, got a function')
  expect(() => mergeSorted([], ascending, { onError: 'retry' as never })).toThrow(OptionError)
})
