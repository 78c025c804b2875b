import { expectTypeOf, test } from 'vitest'
import type { Settled } from '../engine/shares'
import { type Outcome, type TakeOptions } from '../index'
import { flag, issueTicket, optionsOf, reasonOf, shared, type Scope, type Stage, type Ticket } from '../authoring'

test('options of an author: what is required may be missing, and has its type', () => {
  interface Options { readonly capacity: number; readonly name?: string | undefined }
  expectTypeOf(optionsOf<Options>).returns.toEqualTypeOf<Partial<Options>>()
  expectTypeOf(optionsOf<Options>).parameter(1).toEqualTypeOf<Options | undefined>()
  expectTypeOf(flag).returns.toBeBoolean()
})

test('what is shared in a run has the type of what is made', () => {
  expectTypeOf((scope: Scope) => shared(scope, flag, () => [1])).returns.toEqualTypeOf<number[]>()
})

test('a ticket is issued by a stage; why something ended may be anything', () => {
  expectTypeOf(issueTicket).parameters.toEqualTypeOf<[stage: Stage, onSettled: Settled, origin?: string]>()
  expectTypeOf(issueTicket).returns.toEqualTypeOf<Ticket>()
  expectTypeOf(reasonOf).parameter(0).toEqualTypeOf<Outcome>()
  expectTypeOf(reasonOf).returns.toBeUnknown()
})

test('a take may say how few values are enough', () => {
  expectTypeOf<TakeOptions['min']>().toEqualTypeOf<number | undefined>()
})
