import { expectTypeOf, it } from 'vitest'
import { from, type Operator, type Source } from '@sluice/core'
import { defineWorker } from '@sluice/adapters/worker-thread'
import { mapWorkers } from './index'

const worker = defineWorker(async (text: string, { attempt }): Promise<number> => text.length + attempt, { transfer: (result) => (expectTypeOf(result).toEqualTypeOf<number>(), []) })

it('knows what goes in and comes out from the worker', () => {
  expectTypeOf(mapWorkers<typeof worker>('./w.js')).toEqualTypeOf<Operator<string, number>>()
  expectTypeOf(from(['a']).pipe(mapWorkers<typeof worker>('./w.js', { transfer: (text) => (expectTypeOf(text).toEqualTypeOf<string>(), []) }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(mapWorkers<string, number>('./w.js')).toEqualTypeOf<Operator<string, number>>()
  // @ts-expect-error: the worker takes text
  from([1]).pipe(mapWorkers<typeof worker>('./w.js'))
})

it('leaves the function what it is', () => {
  expectTypeOf(worker).parameter(0).toEqualTypeOf<string>()
  expectTypeOf(worker).returns.toEqualTypeOf<Promise<number>>()
})
