import * as rx from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { fromObservable } from './from-observable'
import { runOnRx } from './run-on-rx'
import { throughRx } from './through-rx'
import { toObservable } from './to-observable'

type Op = rx.OperatorFunction<string, unknown>
const letters = (text: string): number => text.charCodeAt(0) - 96

/** Each operator of RxJS with some sense in a pipeline, the way it is used there. */
// Times are odd, so that nothing falls on the moment of a value: who is first then is a matter of who subscribed first.
const operators: Record<string, Op> = {
  auditTime: rx.auditTime(3.3), bufferCount: rx.bufferCount(2), bufferTime: rx.bufferTime(4.3),
  bufferWhen: rx.bufferWhen(() => rx.timer(3.3)), buffer: rx.buffer(rx.interval(4.3)),
  bufferToggle: rx.bufferToggle(rx.interval(3.3), () => rx.timer(2.3)),
  catchError: rx.catchError(() => rx.of('caught')), concatMap: rx.concatMap((v) => rx.timer(2.3).pipe(rx.map(() => v))),
  concatAll: (source) => source.pipe(rx.map((v) => rx.of(v, v)), rx.concatAll()), concatWith: rx.concatWith(rx.of('z')),
  combineLatestWith: rx.combineLatestWith(rx.of('y')), count: rx.count(), debounceTime: rx.debounceTime(2.3),
  debounce: rx.debounce(() => rx.timer(2.3)), defaultIfEmpty: rx.defaultIfEmpty('none'), delay: rx.delay(3.3),
  delayWhen: rx.delayWhen((v) => rx.timer(letters(v) + 0.3)), dematerialize: (source) => source.pipe(rx.materialize(), rx.dematerialize()),
  distinct: rx.distinct(), distinctUntilChanged: rx.distinctUntilChanged(), distinctUntilKeyChanged: rx.distinctUntilKeyChanged('length'),
  elementAt: rx.elementAt(1, 'none'), endWith: rx.endWith('z'), every: rx.every((v) => v < 'x'),
  exhaustMap: rx.exhaustMap((v) => rx.timer(3.3).pipe(rx.map(() => v))), expand: rx.expand((v) => (v.length < 3 ? rx.of(v + v) : rx.EMPTY)),
  filter: rx.filter((v) => v !== 'b'), finalize: rx.finalize(() => {}), find: rx.find((v) => v === 'b'), findIndex: rx.findIndex((v) => v === 'b'),
  first: rx.first(undefined, 'none'), groupBy: (source) => source.pipe(rx.groupBy((v) => v === 'a'), rx.mergeMap((group: rx.Observable<string>) => group.pipe(rx.map((v) => `grouped ${v}`)))),
  ignoreElements: rx.ignoreElements(), isEmpty: rx.isEmpty(), last: rx.last(undefined, 'none'), map: rx.map((v) => v.toUpperCase()),
  materialize: rx.materialize(), max: rx.max(), mergeMap: rx.mergeMap((v) => rx.timer(letters(v) + 0.3).pipe(rx.map(() => v))),
  mergeScan: rx.mergeScan((acc, v) => rx.of(acc + v), ''), mergeWith: rx.mergeWith(rx.timer(5.3).pipe(rx.map(() => 'm'))), min: rx.min(),
  pairwise: rx.pairwise(), raceWith: rx.raceWith(rx.NEVER), reduce: rx.reduce((acc, v) => acc + v, ''), repeat: rx.repeat(1),
  retry: rx.retry(0), sample: rx.sample(rx.interval(3.3)), sampleTime: rx.sampleTime(3.3), scan: rx.scan((acc, v) => acc + v, ''),
  sequenceEqual: rx.sequenceEqual(rx.of('a', 'b')), single: (source) => source.pipe(rx.take(1), rx.defaultIfEmpty('d'), rx.single()), skip: rx.skip(1), skipLast: rx.skipLast(1),
  skipUntil: rx.skipUntil(rx.timer(3.3)), skipWhile: rx.skipWhile((v) => v < 'b'), startWith: rx.startWith('s'), switchMap: rx.switchMap((v) => rx.timer(2.3).pipe(rx.map(() => v))),
  switchScan: rx.switchScan((acc, v) => rx.of(acc + v), ''), take: rx.take(2), takeLast: rx.takeLast(2), takeUntil: rx.takeUntil(rx.timer(4.3)),
  takeWhile: rx.takeWhile((v) => v < 'c', true), tap: rx.tap(() => {}), throttleTime: rx.throttleTime(3.3), throttle: rx.throttle(() => rx.timer(3.3)),
  throwIfEmpty: rx.throwIfEmpty(() => 'empty'), timeInterval: (source) => source.pipe(rx.timeInterval(), rx.map(({ value }) => value)),
  timeout: rx.timeout({ each: 50 }), timestamp: (source) => source.pipe(rx.timestamp(), rx.map(({ value }) => value)), toArray: rx.toArray(),
  windowCount: (source) => source.pipe(rx.windowCount(2), rx.mergeMap((window) => window.pipe(rx.toArray()))),
  withLatestFrom: rx.withLatestFrom(rx.of('w')), zipWith: rx.zipWith(rx.of('x', 'y')),
}

const marbles = ['a-b-c-|', '(abc|)', '--|', '|', 'a--(bb)-b-c---|', 'ab-#', '#', '-a-----b-----c|']

describe('A1: an RxJS operator in a pipeline does what it does on the Observable, in virtual time', () => {
  it('knows at least sixty', () => {
    expect(Object.keys(operators).length).toBeGreaterThanOrEqual(60)
  })

  describe.each(Object.entries(operators))('%s', (_name, op) => {
    it.each(marbles)('%s', (marble) => {
      const scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected) })
      scheduler.run(({ cold, expectObservable }) => {
        const policy = { capacity: 100, overflow: 'fail' } as const
        const bridged = toObservable(fromObservable<string>(cold(marble), policy).pipe(throughRx(op)), runOnRx(scheduler))
        expectObservable(bridged).toEqual(cold(marble).pipe(op))
      })
    })
  })
})
