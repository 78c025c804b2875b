import * as rx from 'rxjs'
import { describe, expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { manualSource, settle } from '@sluice/testing'
import { throughRx } from '@sluice/adapters/rxjs'

type Op = rx.OperatorFunction<number, unknown>
const BOOM = new Error('boom')

/** Fails on 2 at the first try. */
const flaky = (): Op => {
  let tries = 0
  return rx.map((n: number) => {
    if (n === 2 && ++tries === 1) throw BOOM
    return n
  })
}

describe('A13: values of the one run cannot be had again', () => {
  const again: Record<string, { readonly operators: () => Op[]; readonly place: number; readonly before: readonly unknown[] }> = {
    'retry': { operators: () => [flaky(), rx.retry(2)], place: 2, before: [1] },
    'retry without end': { operators: () => [flaky(), rx.retry()], place: 2, before: [1] },
    'retry behind others': { operators: () => [flaky(), rx.map((n) => n), rx.retry(1), rx.map((n) => n)], place: 3, before: [1] },
    'catchError(caught)': { operators: () => [flaky(), rx.catchError((_error, caught) => caught)], place: 2, before: [1] },
    'repeat': { operators: () => [rx.repeat(2)], place: 1, before: [1, 2, 3] },
    'repeat without end': { operators: () => [rx.repeat()], place: 1, before: [1, 2, 3] },
    'concat(s, s)': { operators: () => [(s) => rx.concat(s, s)], place: 1, before: [1, 2, 3] },
    'switchMap to the source': { operators: () => [(s) => s.pipe(rx.switchMap(() => s))], place: 1, before: [] },
    'a subscription that comes later': { operators: () => [(s) => rx.merge(s, s.pipe(rx.skip(2), rx.mergeMap(() => s)))], place: 1, before: [1, 2, 3] },
  }
  for (const [name, { operators, place, before }] of Object.entries(again)) {
    it(`${name}: what came before is delivered, then the run fails and names the operator`, async () => {
      const seen: unknown[] = []
      const source = manualSource<number>()
      const run = source.source.pipe(throughRx<number, unknown>({}, ...operators()), throughRx(rx.tap((value) => { seen.push(value) }))).to(toArray()).run()
      source.emit(1, 2, 3)
      if (name.startsWith('repeat') || name.startsWith('concat')) source.end()
      await expect(run).rejects.toThrow(`throughRx: operator ${place} subscribed to its source when`)
      expect([seen, source.closeCount]).toEqual([before, 1])
    })
  }

  it('any number of subscriptions before the first value get all of them', async () => {
    const values = (...operators: Op[]): PromiseLike<unknown[]> => from([1, 2, 3, 4]).pipe(throughRx<number, unknown>({}, ...operators)).to(toArray()).run()
    expect(await values((s) => rx.merge(s.pipe(rx.filter((n) => n % 2 === 0)), s.pipe(rx.map((n) => -n))))).toEqual([-1, 2, -2, -3, 4, -4])
    expect(await values((s) => rx.zip(s, s.pipe(rx.skip(1))))).toEqual([[1, 2], [2, 3], [3, 4]])
    expect(await values(rx.connect((shared) => rx.concat(shared.pipe(rx.take(1)), shared.pipe(rx.map((n) => n * 10)))))).toEqual([1, 20, 30, 40])
  })

  it('behind share(), a late subscription gets the values from then on', async () => {
    const late: Op = (s) => s.pipe(rx.take(1), rx.mergeMap((n) => rx.concat(rx.of(n), s)))
    expect(await from([1, 2, 3]).pipe(throughRx<number, unknown>({}, rx.share() as Op, late)).to(toArray()).run()).toEqual([1, 2, 3])
  })
})

describe('A1: values go in while somebody listens', () => {
  it('one who subscribes late, and before any value, gets all of them', async () => {
    const run = from([1, 2, 3]).pipe(throughRx<number, unknown>((s) => rx.concat(rx.timer(5).pipe(rx.map(() => 0)), s))).to(toArray()).run()
    expect(await run).toEqual([0, 1, 2, 3])
    expect(await from([1, 2]).pipe(throughRx(rx.subscribeOn(rx.asapScheduler))).to(toArray()).run()).toEqual([1, 2])
  })

  it('where nobody does any more the source is closed, though the operators go on', async () => {
    const probe = manualSource<number>()
    const end = new rx.Subject<number>()
    const run = probe.source.pipe(throughRx<number, number>((s) => rx.concat(s.pipe(rx.take(2)), end))).to(toArray()).run()
    probe.emit(1, 2, 3, 4)
    await settle()
    expect([probe.delivered, probe.closeCount]).toEqual([2, 1])
    end.next(5)
    end.complete()
    expect(await run).toEqual([1, 2, 5])
  })

  it('operators that end without the source close it', async () => {
    const probe = manualSource<number>()
    expect(await probe.source.pipe(throughRx(() => rx.of('other'))).to(toArray()).run()).toEqual(['other'])
    expect([probe.delivered, probe.closeCount]).toEqual([0, 1])
  })
})

describe('A10: the operators listen from the call of run on', () => {
  it('to what is pushed right behind it', async () => {
    const [others, stop] = [new rx.Subject<string>(), new rx.Subject<void>()]
    const probe = manualSource<number>()
    const run = probe.source.pipe(throughRx<number, unknown>({}, rx.mergeWith(others) as Op, rx.takeUntil(stop) as Op)).to(toArray()).run()
    others.next('a')
    stop.next()
    others.next('b')
    expect(await run).toEqual(['a'])
    expect(probe.closeCount).toBe(1)
  })

  it('what they make, and how they fail, while they are subscribed to comes at the first pull', async () => {
    expect(await from([1]).pipe(throughRx(rx.startWith(-1, 0))).to(toArray()).run()).toEqual([-1, 0, 1])
    const run = from([1]).pipe(throughRx<number, unknown>((s) => rx.concat(rx.of('first'), rx.throwError(() => BOOM), s))).to(toArray()).run()
    await expect(run).rejects.toBe(BOOM)
    expect(run.failure?.stage).toBe('throughRx')
    const thrown = from([1]).pipe(throughRx(() => { throw BOOM })).to(toArray()).run()
    await expect(thrown).rejects.toBe(BOOM)
  })
})

it('A3: a failure of the source goes through the operators', async () => {
  expect(await failing(BOOM).pipe(throughRx(rx.catchError((error: unknown) => rx.of(error)))).to(toArray()).run()).toEqual([BOOM])
})

it('A11: each value that went in and came out is counted', async () => {
  const run = from([1, 2, 3]).pipe(throughRx(rx.mergeMap((n) => rx.of(n, n)))).to(toArray()).run()
  expect(await run).toHaveLength(6)
  expect(run.stats().totals).toMatchObject({ read: 9, delivered: 9, abandoned: 0 })
})
