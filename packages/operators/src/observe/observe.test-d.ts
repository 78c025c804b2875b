import { expectTypeOf, it } from 'vitest'
import { from, type Outcome, type Source } from '@sluice/core'
import { countValues, inspectEdge, label, log, measure, tap, tapEnd, tapError } from '../index'

it('hands the type of the values on', () => {
  const source = from([1]).pipe(
    tap((n) => n.toFixed()),
    tapError((error) => { expectTypeOf(error).toBeUnknown() }),
    tapEnd((outcome) => { expectTypeOf(outcome).toEqualTypeOf<Outcome>() }),
    label('here'),
    countValues((n) => n.toFixed()),
    log('n'),
    measure(({ perSecond }) => perSecond),
    inspectEdge((event) => event.kind),
  )
  expectTypeOf(source).toEqualTypeOf<Source<number>>()
})
