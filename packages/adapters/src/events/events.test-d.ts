import { expectTypeOf, it } from 'vitest'
import { from, type Pipeline, type Source } from '@sluice/core'
import { fromCallback, fromEvent, fromMessagePort, fromWebSocket, toMessagePort, toWebSocket, type WebSocketLike } from './index'

const ALL = { capacity: 1, overflow: 'fail' } as const
declare const socket: WebSocketLike

it('has the values it is told, or takes out of the event', () => {
  expectTypeOf(fromCallback<number>((push) => { push(1) }, ALL)).toEqualTypeOf<Source<number>>()
  expectTypeOf(fromEvent(new EventTarget(), 'e', ALL)).toEqualTypeOf<Source<unknown>>()
  expectTypeOf(fromEvent(new EventTarget(), 'e', { ...ALL, map: (event: Event) => event.type })).toEqualTypeOf<Source<string>>()
  expectTypeOf(fromMessagePort<number>(new EventTarget(), ALL)).toEqualTypeOf<Source<number>>()
  expectTypeOf(fromWebSocket<string>(socket, ALL)).toEqualTypeOf<Source<string>>()
})

it('counts what it sends', () => {
  expectTypeOf(from([1]).to(toMessagePort({ postMessage: () => {} }, { transfer: (value: number) => (value > 1 ? [] : []) }))).toEqualTypeOf<Pipeline<number>>()
  expectTypeOf(from(['a']).to(toWebSocket(socket))).toEqualTypeOf<Pipeline<number>>()
})

it('requires a policy where a push world enters', () => {
  // @ts-expect-error: what becomes of values for which there is no room?
  fromEvent(new EventTarget(), 'e', { capacity: 1 })
  // @ts-expect-error: how many may wait?
  fromMessagePort(new EventTarget(), { overflow: 'fail' })
  // @ts-expect-error: an event cannot wait
  fromCallback<number>(() => {}, { capacity: 1, overflow: 'wait' })
})
