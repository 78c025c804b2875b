import { describe, expect, it } from 'vitest'
import { from, toArray, type Operator, type Source } from '@sluice/core'
import { DONE, operator, PENDING, source, type Scheduler, type Task } from '@sluice/core/authoring'
import { explore } from '@sluice/testing'
import {
  alsoTo, balance, broadcast, catchError, combineLatestWith, concatWith, concatMap, deadLetterItem, exhaustMap, expand, fallback, filter, interleave, mergeWith,
  MergeHub, mergeMap, mergePriority, mergeSorted, onErrorResume, pauseWhen, raceWith, retryItem, sample, skipUntil, supervise, switchMap,
  takeUntil, withLatestFrom, zipWith, zipLongest,
} from './index'

/** A scheduler whose slice is always used up. It runs one task per microtask, and refuses to go on for ever. */
class SpentScheduler implements Scheduler {
  readonly batch = 1
  readonly #ready: Task[] = []
  #turns = 0

  enqueue(task: Task): void {
    this.#ready.push(task)
    void Promise.resolve().then(() => {
      if (++this.#turns > 20_000) throw new Error('20,000 turns, and no end')
      this.#ready.splice(0, 1)[0]?.run()
    })
  }

  dispatch(wake: () => void): void {
    wake()
  }

  spent(): boolean {
    return true
  }
}

/** Tells one pull of the gatherer from the next. */
interface Watch {
  pull: number
}

/** A stage behind the gatherer that counts its pulls. */
const watching = <T>(watch: Watch): Operator<T, T> => operator<T, T>('watching', (upstream) => ({
  tickets: upstream.tickets,
  pull(into, limit) {
    watch.pull++
    return upstream.pull(into, limit)
  },
}))

/**
 * A source that wakes inside each of its pulls, the last one included, as a stage does that gives up its time slice. Before each
 * value it answers PENDING `hops` times. It fails where it is asked again in the pull in which it has answered PENDING.
 */
const wakeful = (values: readonly number[], watch: Watch, hops = 2): Source<number> => source<number>('wakeful', (stage) => {
  let at = 0
  let left = hops
  let pulls = 0
  let pendingIn = -1
  return {
    pull(into) {
      if (++pulls > 2_000) throw new Error('asked 2,000 times')
      if (watch.pull === pendingIn) throw new Error(`asked again in pull ${watch.pull}, in which it had answered PENDING`)
      stage.wake()
      if (left > 0) {
        left--
        pendingIn = watch.pull
        return PENDING
      }
      if (at === values.length) return DONE
      left = hops
      into[0] = values[at++] as number
      return 1
    },
  }
})

const ONE = [0, 3, 6]
const TWO = [1, 4, 7]
const THREE = [2, 5, 8]
const ascending = (values: readonly unknown[]): unknown[] => [...values].sort((a, b) => Number(a) - Number(b))
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8]

type Make = (watch: Watch) => Operator<number, unknown>

/** Gatherers that ask their members inside their own pulls, with all they should give of {@link ONE}. */
const GATHERERS: Readonly<Record<string, readonly [Make, (values: readonly unknown[]) => boolean]>> = {
  merge: [(w) => mergeWith(wakeful(TWO, w), wakeful(THREE, w)), same(ALL)],
  'mergePriority, strict': [(w) => mergePriority([wakeful(TWO, w), wakeful(THREE, w)], { strict: true }), same(ALL)],
  'mergePriority, weights': [(w) => mergePriority([wakeful(TWO, w), wakeful(THREE, w)], { weights: [1, 2, 3] }), same(ALL)],
  mergeSorted: [(w) => mergeSorted([wakeful(TWO, w), wakeful(THREE, w)], (a, b) => a - b), same(ALL)],
  interleave: [(w) => interleave(wakeful(TWO, w), wakeful(THREE, w)), same(ALL)],
  concat: [(w) => concatWith(wakeful(TWO, w), wakeful([], w), wakeful(THREE, w)), same(ALL)],
  race: [(w) => raceWith(wakeful(TWO, w, 1), wakeful(THREE, w)), (values) => values.length === 3],
  zip: [(w) => zipWith(wakeful(TWO, w), wakeful(THREE, w)), (values) => values.length === 3],
  zipLongest: [(w) => zipLongest([wakeful([1], w), wakeful([], w)]), (values) => values.length === 3],
  combineLatest: [(w) => combineLatestWith(wakeful(TWO, w), wakeful(THREE, w)), (values) => values.length >= 3],
  withLatestFrom: [(w) => withLatestFrom(wakeful(TWO, w)), (values) => values.length >= 1],
  mergeMap: [(w) => mergeMap((n) => wakeful([n, n + 1, n + 2], w), { concurrency: 2 }), same(ALL)],
  'mergeMap, one at a time, empty ones': [(w) => mergeMap((n) => wakeful(n === 6 ? ALL : [], w), { concurrency: 1 }), same(ALL)],
  concatMap: [(w) => concatMap((n) => wakeful([n, n + 1, n + 2], w)), same(ALL)],
  switchMap: [(w) => switchMap((n) => wakeful([n], w)), (values) => values.at(-1) === 6],
  exhaustMap: [(w) => exhaustMap((n) => wakeful([n], w)), (values) => values[0] === 0],
  expand: [() => expand((n) => [n]), same(ONE)],
  supervise: [(w) => supervise<number, number>((s) => s.pipe(concatWith(wakeful([9], w, 1))), 'skip'), same([0, 3, 6, 9, 9, 9])],
  retryItem: [(w) => retryItem<number, number>((s) => s.pipe(concatWith(wakeful([9], w, 1))), { times: 2 }), same([0, 3, 6, 9, 9, 9])],
  deadLetter: [(w) => deadLetterItem<number, number>((s) => s.pipe(concatWith(wakeful([9], w, 1))), toArray()), same([0, 3, 6, 9, 9, 9])],
  fallback: [(w) => fallback(wakeful(TWO, w)), same(ONE)],
  onErrorResume: [(w) => onErrorResume([wakeful(TWO, w)]), same([...ONE, ...TWO])],
  catchError: [(w) => catchError(() => wakeful(TWO, w)), same(ONE)],
  pauseWhen: [() => pauseWhen(from([true, false])), same(ONE)],
}

/** Gatherers whose members are asked by tasks as well: only that they end can be told from outside. */
const TASKS: Readonly<Record<string, readonly [Make, (values: readonly unknown[]) => boolean]>> = {
  broadcast: [() => broadcast([(s: Source<number>) => s, (s: Source<number>) => s.pipe(filter(() => true))]), same([0, 0, 3, 3, 6, 6])],
  balance: [() => balance(2, (s: Source<number>) => s), same(ONE)],
  alsoTo: [() => alsoTo(toArray()), same(ONE)],
  takeUntil: [(w) => takeUntil(wakeful([], w)), same(ONE)],
  skipUntil: [(w) => skipUntil(wakeful([1], w, 0)), () => true],
  sample: [(w) => sample(wakeful(ONE, w), { emitLast: true }), (values) => values.at(-1) === 6],
}

function same(expected: readonly number[]): (values: readonly unknown[]) => boolean {
  return (values) => JSON.stringify(ascending(values)) === JSON.stringify(ascending(expected))
}

describe.each(Object.entries({ ...GATHERERS, ...TASKS }))('O15: members that wake inside each of their pulls: %s', (name, [make, isRight]) => {
  const pipeline = (): { readonly values: Source<unknown>; readonly watch: Watch } => {
    const watch: Watch = { pull: 0 }
    // A pull made by a task has no number: the watch then goes on with every look.
    const members: Watch = name in TASKS ? { get pull() { return watch.pull++ } } : watch
    return { watch, values: wakeful(ONE, members).pipe(make(members), watching(watch)) }
  }

  it('O15: ends, and asks none again in a pull in which it answered PENDING, where every slice is used up', async () => {
    const values = await pipeline().values.to(toArray()).run({ scheduler: new SpentScheduler() })
    expect(values).toSatisfy(isRight)
  })

  it('O15: does so under 40 interleavings', async () => {
    await explore(40, async ({ scheduler }) => {
      expect(await pipeline().values.to(toArray()).run({ scheduler })).toSatisfy(isRight)
    })
  })
})

describe('O15: a wake inside a pull loses no other member', () => {
  it('O15: the hub: a source that wakes in its last pull leaves the places of the others alone', async () => {
    const watch: Watch = { pull: 0 }
    const hub = new MergeHub<number>({ maxSources: 2 })
    const run = hub.source.pipe(watching(watch)).to(toArray()).run({ scheduler: new SpentScheduler() })
    await Promise.all([hub.attach(wakeful([1], watch)).done, hub.attach(wakeful(ALL, watch)).done])
    await Promise.all([hub.attach(wakeful([1], watch)).done, hub.attach(wakeful([1], watch)).done])
    hub.close()
    expect(ascending(await run)).toEqual(ascending([1, 1, 1, ...ALL]))
  })
})
