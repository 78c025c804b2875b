import * as rx from 'rxjs'
import { expectTypeOf, it } from 'vitest'
import { from, type Operator, type Source } from '@sluice/core'
import { asRxOperator, fromObservable, throughRx, toObservable } from './index'

it('infers values both ways', () => {
  expectTypeOf(fromObservable(rx.of(1), { capacity: 1, overflow: 'fail' })).toEqualTypeOf<Source<number>>()
  expectTypeOf(toObservable(from(['a']))).toEqualTypeOf<rx.Observable<string>>()
  expectTypeOf(from([1]).pipe(throughRx(rx.map(String), rx.bufferCount(2)))).toEqualTypeOf<Source<string[]>>()
  expectTypeOf(rx.of(1).pipe(asRxOperator((source) => source.pipe(throughRx(rx.map(String)))))).toEqualTypeOf<rx.Observable<string>>()
  expectTypeOf(asRxOperator<number, string>).parameter(0).toEqualTypeOf<Operator<number, string>>()
})

it('requires a policy where a push world enters', () => {
  // @ts-expect-error: what becomes of values for which there is no room?
  fromObservable(rx.of(1), { capacity: 1 })
  // @ts-expect-error: an Observable cannot wait
  fromObservable(rx.of(1), { capacity: 1, overflow: 'wait' })
})
