import * as rx from 'rxjs'
import { expectTypeOf, it } from 'vitest'
import { from, type Operator, type Pipeline, type RunOptions, type Source } from '@sluice/core'
import { asRxOperator, fromObservable, fromSubject, runOnRx, throughRx, toObservable, toSubject } from './index'

it('infers values both ways', () => {
  expectTypeOf(fromObservable(rx.of(1), { capacity: 1, overflow: 'fail' })).toEqualTypeOf<Source<number>>()
  expectTypeOf(toObservable(from(['a']))).toEqualTypeOf<rx.Observable<string>>()
  expectTypeOf(from([1]).pipe(throughRx(rx.map(String), rx.bufferCount(2)))).toEqualTypeOf<Source<string[]>>()
  expectTypeOf(rx.of(1).pipe(asRxOperator((source) => source.pipe(throughRx(rx.map(String)))))).toEqualTypeOf<rx.Observable<string>>()
  expectTypeOf(asRxOperator<number, string>).parameter(0).toEqualTypeOf<Operator<number, string>>()
})

it('carries the values of a Subject', () => {
  expectTypeOf(fromSubject(new rx.Subject<number>(), { capacity: 1, overflow: 'fail' })).toEqualTypeOf<Source<number>>()
  expectTypeOf(from([1]).to(toSubject(new rx.Subject<number>()))).toEqualTypeOf<Pipeline<number>>()
  expectTypeOf(runOnRx(rx.asyncScheduler)).toExtend<RunOptions>()
})

it('requires a policy where a push world enters', () => {
  // @ts-expect-error: what becomes of values for which there is no room?
  fromObservable(rx.of(1), { capacity: 1 })
  // @ts-expect-error: an Observable cannot wait
  fromObservable(rx.of(1), { capacity: 1, overflow: 'wait' })
})
