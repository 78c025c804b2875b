import { describe, expect, it } from 'vitest'
import { distinct, flatMap, map, mapAsync, mapStateful, scan } from '@sluice/operators'
import { trackedSource, VirtualClock } from '@sluice/testing'
import { from, retry, toArray, type OnError, type Operator } from '../index'
import { expanding, filtering } from '../authoring'

const BOOM = new Error('boom')
const sum = (total: number, n: number): number => {
  if (n < 0) throw BOOM
  return total + n
}

/** Operators with a state, what comes of [1, 2, -1, 1, 2], and what would come if the state stayed. */
const stateful: Record<string, [make: (onError: OnError<number>) => Operator<number, number>, restarted: number[], skipped: number[]]> = {
  scan: [(onError) => scan(sum, 10, { onError }), [11, 13, 11, 13], [11, 13, 14, 16]],
  mapStateful: [(onError) => mapStateful(() => 0, (total, n: number) => [sum(total, n), sum(total, n)], { onError, flush: (total) => [total] }), [1, 3, 1, 3, 3], [1, 3, 4, 6, 6]],
  distinct: [(onError) => distinct<number>({ maxKeys: 9, key: (n) => sum(0, n), onError }), [1, 2, 1, 2], [1, 2]],
  filtering: [(onError) => filtering<number>('rising', () => { let top = 0; return (n) => sum(0, n) > top && ((top = n), true) }, { onError }), [1, 2, 1, 2], [1, 2]],
  expanding: [(onError) => expanding<number, number>('nth', () => { let nth = 0; return (n) => [sum(0, n) * 0 + nth++] }, { onError }), [0, 1, 0, 1], [0, 1, 2, 3]],
  flatMap: [(onError) => flatMap((n: number) => [sum(0, n)], { onError }), [1, 2, 1, 2], [1, 2, 1, 2]],
  map: [(onError) => map((n: number) => sum(0, n), { onError }), [1, 2, 1, 2], [1, 2, 1, 2]],
  mapAsync: [(onError) => mapAsync(async (n: number) => sum(0, n), { concurrency: 1, onError }), [1, 2, 1, 2], [1, 2, 1, 2]],
}

describe.each(Object.entries(stateful))('%s', (_, [make, restarted, skipped]) => {
  it('R54: restart leaves the item out, and the state is a fresh one; skip leaves the state as it was', async () => {
    expect(await from([1, 2, -1, 1, 2]).pipe(make('restart')).to(toArray()).run()).toEqual(restarted)
    expect(await from([1, 2, -1, 1, 2]).pipe(make('skip')).to(toArray()).run()).toEqual(skipped)
  })

  it('R54: a function and a retry may decide so, too', async () => {
    expect(await from([1, 2, -1, 1, 2]).pipe(make(() => 'restart')).to(toArray()).run()).toEqual(restarted)
    const clock = new VirtualClock()
    const run = from([1, 2, -1, 1, 2]).pipe(make(retry({ times: 1, then: 'restart' }))).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual(restarted)
  })

  it('R54, R62: the item counts as skipped, and its ticket is settled', async () => {
    const tracked = trackedSource([1, 2, -1, 1, 2])
    const run = tracked.source.pipe(make('restart')).to(toArray()).run()
    await run
    expect(run.stats().totals).toMatchObject({ read: expect.any(Number), skipped: 1, failed: 0, abandoned: 0 })
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack', 'ack'])
  })
})

it('R54: what a flush throws is about no item: it fails the run, whatever onError says', async () => {
  const failing = mapStateful(() => 0, (total: number, n: number) => [total, n], { onError: 'skip', flush: () => { throw BOOM } })
  const run = from([1, 2]).pipe(failing).to(toArray()).run()
  await expect(run.then()).rejects.toBe(BOOM)
  expect(run.stats().totals).toMatchObject({ read: 2, skipped: 0 })
})
