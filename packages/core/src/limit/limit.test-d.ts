import { expectTypeOf, test } from 'vitest'
import { Limit } from './limit'
import type { Permit } from './permit'

test('a permit is disposable, and run answers what the work answers', () => {
  const limit = new Limit({ concurrency: 1 })
  expectTypeOf(limit.acquire()).resolves.toEqualTypeOf<Permit>()
  expectTypeOf(limit.tryAcquire()).toEqualTypeOf<Permit | undefined>()
  expectTypeOf<Permit>().toExtend<Disposable>()
  expectTypeOf(limit.run(() => 'done')).resolves.toBeString()
  expectTypeOf(limit.run(() => Promise.resolve(1))).resolves.toBeNumber()
})

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('what must not compile', () => {
  // @ts-expect-error a rate needs its count
  neverCalled(() => new Limit({ rate: { perMs: 1 } }))
  // @ts-expect-error a number of permits
  neverCalled(() => new Limit({ concurrency: '1' }))
})
