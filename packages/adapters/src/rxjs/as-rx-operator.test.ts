import * as rx from 'rxjs'
import { expect, it } from 'vitest'
import { map, mergeWith } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { asRxOperator } from '@sluice/adapters/rxjs'

it('A10: values that are pushed right behind subscribe() come through, those of operators before it too', async () => {
  const subject = new rx.Subject<number>()
  const got: Record<string, unknown[]> = { plain: [], behind: [], merged: [] }
  const tens = map((n: number) => n * 10)
  subject.pipe(asRxOperator(tens)).subscribe((value) => got['plain']?.push(value))
  subject.pipe(rx.map((n) => n + 1), asRxOperator(tens), rx.map((n) => -n)).subscribe((value) => got['behind']?.push(value))
  subject.pipe(asRxOperator((source) => source.pipe(tens, mergeWith([7])))).subscribe((value) => got['merged']?.push(value))
  subject.next(1)
  subject.next(2)
  await settle()
  subject.next(3)
  subject.complete()
  await settle()
  expect(got).toEqual({ plain: [10, 20, 30], behind: [-20, -30, -40], merged: expect.arrayContaining([10, 20, 30, 7]) as unknown })
})

it('A10: a Subject that fails or completes in that moment is told', async () => {
  const failed = new rx.Subject<number>()
  const told = rx.lastValueFrom(failed.pipe(asRxOperator(map((n) => n)))).catch((error: unknown) => error)
  failed.next(1)
  failed.error('why')
  expect(await told).toBe('why')
  const ended = new rx.Subject<number>()
  const values = rx.lastValueFrom(ended.pipe(asRxOperator(map((n) => n)), rx.toArray()))
  ended.next(1)
  ended.complete()
  expect(await values).toEqual([1])
})
