import { describe, expect, it } from 'vitest'
import { drain, failing, from, range, toArray, type Source } from '@sluice/core'
import { settle } from '@sluice/testing'
import { buffer, catchError, concatMap, exhaustMap, groupBy, map, mapAsync, mergeMap, supervise, switchMap } from './index'

it('R4: the way to a stage that works ahead is told after the stages before it have ended, in inner sources too', async () => {
  const late = mapAsync(async (n: number) => {
    await settle(2)
    if (n === 7) throw new Error('late')
    return n
  }, { concurrency: 1, name: 'late' })
  const inner = (n: number): Source<number> => from([n]).pipe(map((m) => m, { name: 'same' }), late)
  const ways: Readonly<Record<string, readonly [Source<number>, readonly string[]]>> = {
    mergeMap: [from([7]).pipe(mergeMap(inner, { concurrency: 2 })), ['from', 'same', 'late']],
    concatMap: [from([7]).pipe(concatMap(inner)), ['from', 'same', 'late']],
    'inner sources in inner sources': [from([7]).pipe(concatMap((n) => from([n]).pipe(mergeMap(inner, { concurrency: 1 })))), ['from', 'same', 'late']],
    supervise: [from([7]).pipe(supervise(late, () => 'fail')), ['from', 'late']],
    groupBy: [range(0, 8).pipe(groupBy((n) => n % 3, { maxGroups: 3 }), mergeMap((group) => group.source.pipe(late), { concurrency: 3 })), ['range', 'groupBy', 'groupBy group', 'late']],
  }
  for (const [name, [source, path]] of Object.entries(ways)) {
    const run = source.to(toArray()).run()
    await expect(run, name).rejects.toThrow('late')
    expect(run.failure, name).toMatchObject({ stage: 'late', position: path.length - 1, item: 7, path })
  }
})

it('R4: an inner source that fails on no item of its own is told with the item it was opened for', async () => {
  const boom = new Error('boom')
  const rejects = async (n: number): Promise<number> => { if (n === 2) throw boom; return n }
  const yields = (n: number): AsyncIterable<number> => (async function* () { yield n; yield await rejects(n) })()
  for (const piped of [
    concatMap(rejects), mergeMap(rejects, { concurrency: 2 }), switchMap(rejects), exhaustMap(rejects), concatMap(yields),
    concatMap((n: number) => from([n]).pipe(concatMap(rejects))), concatMap(rejects, { onError: () => 'fail' }),
  ]) {
    const run = piped(from([2])).to(toArray()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'from', item: 2 })
  }
})

describe('R4: an error object that was recovered from, and is thrown once more by another stage', () => {
  const error = new Error('same')
  const own = map<number, number>(() => { throw error }, { name: 'own' })

  it.each<[string, Source<number>]>([
    ['behind catchError', failing(error).pipe(catchError(() => from([7])))],
    ['behind catchError, two stages on', failing(error).pipe(catchError(() => from([7])), map((n: number) => n))],
    ['by an earlier item of the stage before', from([1, 7]).pipe(map((n) => { if (n === 1) throw error; return n }, { onError: 'skip' }))],
  ])('is told by the stage that throws it now: %s', async (_, source) => {
    const run = source.pipe(own).to(drain()).run()
    await expect(Promise.resolve(run)).rejects.toBe(error)
    expect(run.failure).toMatchObject({ stage: 'own', item: 7 })
  })

  it('and one that nobody has recovered from is told where it began', async () => {
    const run = from([7]).pipe(own, map((n) => n), buffer(2), map((n) => n, { name: 'last' })).to(drain()).run()
    await expect(Promise.resolve(run)).rejects.toBe(error)
    expect(run.failure).toMatchObject({ stage: 'own', item: 7 })
  })
})
