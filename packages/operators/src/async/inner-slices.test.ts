import { describe, expect, it } from 'vitest'
import { from, never, range, toArray, type Operator, type Pullable, type Source } from '@sluice/core'
import { DONE, operator, PENDING, source, type Scheduler } from '@sluice/core/authoring'
import { explore, SpentScheduler } from '@sluice/testing'
import { concatMap, exhaustMap, filter, map, mergeMap, switchMap } from '../index'

const BOOM = new Error('the end')

/** Ten values, of which a stage drops some: it gives way in the middle of them where slices are short. */
const gappy = (start: number): Source<number> =>
  range(start, 10).pipe(map((n) => n), filter((n) => n % 3 === 0), map((n) => n))
const THROUGH = [0, 3, 6, 9, 102, 105, 108, 201, 204, 207]

/** A source that wakes inside each of its pulls, as one does that gives up its slice. */
const wakeful = <T>(values: readonly T[]): Source<T> => source<T>('wakeful', (stage) => {
  let at = 0
  return {
    pull(into) {
      stage.wake()
      if (at === values.length) return DONE
      into[0] = values[at++] as T
      return 1
    },
  }
})

/** Hands on what comes; the stage fails once so many values have passed in all, while others still have some. */
const failingAfter = (count: number): Source<number> => source<number>('failing', () => {
  let left = count
  return {
    pull(into) {
      if (left-- <= 0) throw BOOM
      into[0] = -1
      return 1
    },
  }
})

async function under(scheduler: Scheduler, values: Source<number>): Promise<{ out: number[]; error: unknown }> {
  const out: number[] = []
  let error: unknown
  await values.pipe(map((n) => (out.push(n), n))).to(toArray()).run({ scheduler }).then(undefined, (reason: unknown) => { error = reason })
  return { out: out.filter((n) => n >= 0), error }
}

/** The same under slices that the first value uses up, at demands 1 and 64, and under 60 drawn ones. */
async function everywhere(check: (scheduler: Scheduler) => Promise<void>): Promise<void> {
  await check(new SpentScheduler(1))
  await check(new SpentScheduler())
  await explore(60, ({ scheduler }) => check(scheduler))
}

type Flatten = (project: (n: number) => Pullable<number>) => Operator<number, number>
const FLATTEN: readonly (readonly [string, Flatten])[] = [
  ['switchMap', (project) => switchMap(project)],
  ['exhaustMap', (project) => exhaustMap(project)],
  ['concatMap', (project) => concatMap(project)],
]

describe('R52: inner sources and slices', () => {
  it.each(FLATTEN)('R52: %s: an inner source that gives way is neither replaced nor passed over', async (_, flatten) => {
    await everywhere(async (scheduler) => {
      expect(await under(scheduler, from([0, 100, 200]).pipe(flatten(gappy)))).toEqual({ out: THROUGH, error: undefined })
    })
  })

  it('R52: switchMap: a source that wakes in each pull replaces no inner source that was never asked', async () => {
    await everywhere(async (scheduler) => {
      const { out } = await under(scheduler, wakeful([1, 2, 3, 4, 5]).pipe(switchMap((n) => [n])))
      expect(out).toEqual([1, 2, 3, 4, 5])
    })
  })

  it('R52: switchMap: neither an inner source without end nor one that gives way for ever keeps the source from its turn', async () => {
    const inners = [range(0), source<number>('spins', (stage) => ({ pull: () => { stage.wake(); return PENDING } })), range(-1_000_000_000).pipe(filter(() => false))]
    for (const inner of inners) {
      await everywhere(async (scheduler) => {
        const { out } = await under(scheduler, wakeful([1, 2]).pipe(switchMap((n) => (n === 2 ? [7777] : inner))))
        expect(out.at(-1)).toBe(7777)
      })
    }
  })

  it.each<readonly [string, Flatten]>([
    ...FLATTEN.slice(0, 2),
    ['mergeMap', (project) => mergeMap(project, { concurrency: 1 })],
  ])('R52: %s: the source fails: what an inner source holds that gave way comes first', async (_, flatten) => {
    await everywhere(async (scheduler) => {
      let fail = false
      let wake = (): void => {}
      const outer = source<number>('outer', (stage) => {
        let given = false
        wake = () => { fail = true; stage.wake() }
        return {
          pull(into) {
            if (fail) throw BOOM
            if (given) return PENDING
            given = true
            into[0] = 0
            return 1
          },
        }
      })
      // The source is able to fail as soon as the inner source has given its first value.
      const inner = gappy(0).pipe(operator<number, number>('tells', (upstream) => ({
        pull(into, limit) {
          const count = upstream.pull(into, limit)
          if (count > 0) wake()
          return count
        },
      })))
      const { out, error } = await under(scheduler, outer.pipe(flatten(() => inner)))
      expect(error).toBe(BOOM)
      expect(out).toEqual([0, 3, 6, 9])
    })
  })

  it('R52: mergeMap: an inner source fails: what the others hold that gave way comes first', async () => {
    await everywhere(async (scheduler) => {
      const inners = [failingAfter(1), gappy(0), never(), gappy(100)]
      const { out, error } = await under(scheduler, from([0, 1, 2, 3]).pipe(mergeMap((n) => inners[n] as Source<number>, { concurrency: 4 })))
      expect(error).toBe(BOOM)
      expect(out.sort((a, b) => a - b)).toEqual([0, 3, 6, 9, 102, 105, 108])
    })
  })
})
