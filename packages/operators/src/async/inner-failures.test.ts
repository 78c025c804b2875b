import { describe, expect, it } from 'vitest'
import { forEach, from, never, range, toArray, type Source } from '@sluice/core'
import { source, PENDING } from '@sluice/core/authoring'
import { explore, settle, trackedSource } from '@sluice/testing'
import { buffer, exhaustMap, groupBy, mapAsync, mergeWith, mergeMap, switchMap, take } from '../index'

const BOOM = new Error('the end')
const failing = (values: readonly number[]): Source<number> =>
  from((async function* () {
    for (const value of values) {
      if (value % 7 === 0) await settle(1)
      yield value
    }
    throw BOOM
  })())
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** Runs to the failure, with a slow sink; answers what was written before that. */
async function written(values: Source<number>, options: Parameters<ReturnType<Source<number>['to']>['run']>[0] = {}): Promise<number[]> {
  const out: number[] = []
  const run = values.to(forEach(async (n) => {
    out.push(n)
    await settle(1)
  })).run(options)
  await expect(run).rejects.toBe(BOOM)
  return out
}

describe('O5: a failure comes after the values that the inner sources hold', () => {
  it.each([
    ['each value a group', groupBy((n: number) => n, { maxGroups: 100 }), (group: Source<number>) => group, 100],
    ['more groups than are read at once', groupBy((n: number) => n, { maxGroups: 100 }), (group: Source<number>) => group, 3],
    ['groups with a buffer', groupBy((n: number) => n % 5, { maxGroups: 5 }), (group: Source<number>) => group.pipe(buffer(20)), 5],
    ['groups with calls', groupBy((n: number) => n % 5, { maxGroups: 5 }),
      (group: Source<number>) => group.pipe(mapAsync(async (n) => { await settle(2); return n }, { concurrency: 2 })), 5],
  ] as const)('O5: the source of groupBy fails: %s', async (_, grouping, branch, concurrency) => {
    const out = await written(failing(upTo(30)).pipe(buffer(50), grouping, mergeMap((group) => branch(group.source), { concurrency })))
    expect(ascending(out)).toEqual(upTo(30))
  })

  it('O5: the same under 100 interleavings', async () => {
    await explore(100, async ({ scheduler }) => {
      const out: number[] = []
      const run = failing(upTo(20)).pipe(
        groupBy((n) => n % 4, { maxGroups: 4, capacity: 3 }),
        mergeMap((group) => group.source.pipe(buffer(2)), { concurrency: 4 }),
      ).to(forEach((n) => { out.push(n) })).run({ scheduler })
      await expect(run).rejects.toBe(BOOM)
      expect(ascending(out)).toEqual(upTo(20))
    })
  })

  it('O5: an inner source fails by itself: what the others have at hand comes first, and the failure does not wait for more', async () => {
    const pending = source<number>('pending', () => {
      let at = 0
      return { pull: (into) => (at < 3 ? ((into[0] = 10 + at++), 1) : PENDING) }
    })
    const inner = [failing([1]), range(20, 5), pending, never()]
    const out = await written(from(inner).pipe(mergeMap((values) => values, { concurrency: 4 })))
    expect(ascending(out)).toEqual([1, 10, 11, 12, 20, 21, 22, 23, 24])
  })

  it('O5: an inner source that never pauses does not keep the failure back', async () => {
    const run = from([failing([]), range(0)]).pipe(mergeMap((values) => values, { concurrency: 2 })).to(forEach(() => {})).run()
    await expect(run).rejects.toBe(BOOM)
    const sources = from((async function* () {
      yield range(0)
      await settle(1)
      throw BOOM
    })())
    const one = sources.pipe(switchMap((values) => values)).to(forEach(() => {})).run()
    await expect(one).rejects.toBe(BOOM)
  })

  it.each([['switchMap', switchMap], ['exhaustMap', exhaustMap]] as const)('O5: %s: the source fails: what the inner source has at hand comes first', async (_, operator) => {
    const outer = from((async function* () {
      yield 1
      await settle(1)
      throw BOOM
    })())
    expect(await written(outer.pipe(operator(() => range(0, 40))))).toEqual(upTo(40))
  })

  it('T2: each ticket is settled once, and those of values that were not delivered are given back', async () => {
    const tracked = trackedSource(upTo(30))
    const run = tracked.source.pipe(
      mergeWith(failing([])), groupBy((n) => n % 3, { maxGroups: 3 }), mergeMap((group) => group.source, { concurrency: 3 }),
    ).to(toArray()).run()
    await expect(run).rejects.toBe(BOOM)
    expect(tracked.settlements).toEqual(upTo(tracked.issued).map(() => 1))
  })

  it('O9: a consumer that wants no more ends all of it', async () => {
    expect(await failing(upTo(30)).pipe(
      groupBy((n) => n % 3, { maxGroups: 3 }), mergeMap((group) => group.source, { concurrency: 3 }), take(4),
    ).to(toArray()).run()).toHaveLength(4)
  })
})
