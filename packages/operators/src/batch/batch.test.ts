import { expect, it } from 'vitest'
import { defer, forEach, from, OptionError, range, retry, toArray, type Source } from '@sluice/core'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { chunks, underLaw } from '../../test/under-law'
import { concatWith } from '../combine/concat-with'
import { catchError } from '../recover/catch-error'
import { filter } from '../select/filter'
import { skip } from '../select/skip'
import { skipLast } from '../select/skip-last'
import { skipWhile } from '../select/skip-while'
import { batch } from './batch'
import { windowCount } from './window-count'

/** A weight that many values of any kind have: 0 to 4. */
const weigh = (value: unknown): number => (typeof value === 'number' && value > 0 ? value % 5 : 0)

/** The rule on arrays: as many as fit, a heavier one alone. */
function weighed<T>(values: readonly T[], count: number, maxWeight: number, weighing: (value: T) => number): T[][] {
  const all: T[][] = []
  let total = Infinity
  for (const value of values) {
    const weight = weighing(value)
    const last = all.at(-1)
    if (last === undefined || last.length === count || total >= maxWeight || total + weight > maxWeight) {
      all.push([value])
      total = weight
    } else {
      last.push(value)
      total += weight
    }
  }
  return all
}

underLaw('batch', {
  3: { make: () => batch(3), reference: (values) => chunks(values, 3) },
  1: { make: () => batch(1), reference: (values) => chunks(values, 1) },
  '100, { withinMs: 60_000 }': { make: () => batch(100, { withinMs: 60_000 }), reference: (values) => chunks(values, 100), timed: true },
  '4, { maxWeight: 6, weigh }': {
    make: () => batch(4, { maxWeight: 6, weigh }),
    reference: (values) => weighed(values, 4, 6, weigh),
    ahead: 1,
    withProbe: (probe) => batch(4, { maxWeight: 6, weigh: (value) => { probe(value); return weigh(value) } }),
  },
})

it('never makes a batch heavier than maxWeight, except of one heavier value alone', async () => {
  const batches = await from([3, 3, 9, 1, 6, 2]).pipe(batch(10, { maxWeight: 6, weigh: (n) => n })).to(toArray()).run()
  expect(batches).toEqual([[3, 3], [9], [1], [6], [2]])
})

it('hands on a batch that has reached its weight without looking at the next value', async () => {
  const probe = manualSource<number>()
  const seen: number[][] = []
  const run = probe.source.pipe(batch(10, { maxWeight: 5, weigh: (n) => n })).to(forEach((list) => { seen.push(list) })).run()
  probe.emit(2, 3)
  await settle()
  expect(seen).toEqual([[2, 3]])
  await run.stop()
})

it('hands on within its time, counted from the first value, and needs no timer while it is empty', async () => {
  for (const weighing of [{}, { maxWeight: 100, weigh: () => 1 }]) {
    const clock = new VirtualClock()
    const probe = manualSource<number>()
    const seen: number[][] = []
    const run = probe.source.pipe(batch(10, { withinMs: 50, ...weighing })).to(forEach((list) => { seen.push(list) })).run({ clock })
    await clock.advance(3_600_000)
    expect(clock.pendingTimers).toBe(0)
    probe.emit(1)
    await clock.advance(30)
    probe.emit(2)
    await clock.advance(19)
    expect([seen, clock.pendingTimers]).toEqual([[], 1])
    await clock.advance(1)
    expect([seen, clock.pendingTimers]).toEqual([[[1, 2]], 0])
    probe.emit(3)
    probe.end()
    await run
    expect([seen, clock.pendingTimers]).toEqual([[[1, 2], [3]], 0])
  }
})

it('R30, R31: skips or weighs again the value that cannot be weighed, and keeps what it has', async () => {
  const clock = new VirtualClock()
  let failures = 2
  const flaky = (n: number): number => {
    if (n === 3 && failures-- > 0) throw new Error('three')
    return n
  }
  const skipped = await range(1, 5).pipe(batch(10, { maxWeight: 7, weigh: flaky, onError: 'skip' })).to(toArray()).run()
  expect(skipped).toEqual([[1, 2, 4], [5]])
  failures = 2
  const again = range(1, 5).pipe(batch(10, { maxWeight: 7, weigh: flaky, onError: retry({ times: 3, delayMs: 10 }) })).to(toArray()).run({ clock })
  expect(await clock.runOut(again)).toEqual([[1, 2, 3], [4], [5]])
})

it('R31: after the last try it hands on what it has, then fails, naming item and attempt', async () => {
  const clock = new VirtualClock()
  const seen: number[][] = []
  const weigh = (n: number): number => { if (n === 3) throw new Error('three'); return n }
  const run = range(1, 5)
    .pipe(batch(10, { maxWeight: 70, weigh, onError: retry({ times: 2, delayMs: 10 }), name: 'rows' }))
    .to(forEach((list) => { seen.push(list) })).run({ clock })
  await expect(clock.runOut(run)).rejects.toThrow('three')
  expect(seen).toEqual([[1, 2]])
  expect(run.failure).toMatchObject({ stage: 'rows', item: 3, attempt: 3 })
})

it('fails on a weight that is none', async () => {
  const run = from([1]).pipe(batch(2, { maxWeight: 5, weigh: () => Number.NaN })).to(toArray()).run()
  await expect(run).rejects.toThrow('batch: weigh must answer a finite number of at least 0, got NaN')
})

it('T2: settles every ticket once, whatever it has collected, held back or is trying again', async () => {
  await explore(60, async ({ scheduler, random }) => {
    const clock = new VirtualClock()
    const tracked = trackedSource(Array.from({ length: 40 }, (_, i) => i))
    const weigh = (n: number): number => { if (random() < 0.1) throw new Error('no'); return n % 7 }
    const onError = [undefined, 'skip' as const, retry({ times: 2, delayMs: 5 })][Math.floor(random() * 3)]
    const run = tracked.source.pipe(batch(5, { maxWeight: 9, weigh, withinMs: 20, onError })).to(forEach(() => clock.sleep(3))).run({ clock, scheduler, random })
    const settled = run.then(() => {}, () => {})
    await clock.advance(Math.floor(random() * 30))
    if (random() < 0.5) await clock.runOut(run.abort())
    await clock.runOut(settled, scheduler.resting)
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })
})

it('O13: refuses a bound on the weight without a way to weigh, and the reverse', () => {
  expect(() => batch(2, { maxWeight: 5 })).toThrow(OptionError)
  expect(() => batch(2, { maxWeight: 5 })).toThrow('batch: weigh must be a function, got undefined')
  expect(() => batch(2, { weigh: () => 1 })).toThrow('batch: maxWeight must be given where weigh is, got undefined')
  expect(() => batch(2, { maxWeight: 0, weigh: () => 1 })).toThrow('batch: maxWeight must be a finite number')
  expect(() => batch(2, { onError: 'ignore' as never })).toThrow('batch: onError must be')
})

it.each<[string, () => Source<unknown[]>, unknown[][]]>([
  ['a filter in one batch', () => range(0, 8).pipe(filter((n) => n % 2 === 1), batch(2)), [[1, 3], [5, 7]]],
  ['a filter one by one', () => from(oneByOne(8)).pipe(filter((n) => n % 2 === 1), batch(3)), [[1, 3, 5], [7]]],
  ['a filter, within a time', () => range(0, 8).pipe(filter((n) => n % 2 === 1), batch(2, { withinMs: 20 })), [[1, 3], [5, 7]]],
  ['skip', () => from(oneByOne(8)).pipe(skip(2), windowCount(3)), [[2, 3, 4], [5, 6, 7]]],
  ['skipWhile', () => from(oneByOne(8)).pipe(skipWhile((n) => n < 3), batch(2)), [[3, 4], [5, 6], [7]]],
  ['skipLast', () => range(0, 8).pipe(skipLast(3), batch(2)), [[0, 1], [2, 3], [4]]],
  ['a filter that lets nothing pass, and a failure', () => range(0, 8).pipe(filter(() => false), concatWith(defer(() => { throw new Error('boom') })), batch(2), catchError(() => [])), []],
])('O14: takes nothing that was left out before it: %s', async (_what, make, expected) => {
  expect(await make().to(toArray()).run()).toEqual(expected)
})

async function* oneByOne(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i
}
