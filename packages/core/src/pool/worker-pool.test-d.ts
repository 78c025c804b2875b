import { expectTypeOf, test } from 'vitest'
import { WorkerPool } from './worker-pool'

test('the types of a pool are those of its worker', () => {
  const pool = new WorkerPool((item: string, { signal, attempt }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(attempt).toBeNumber()
    return Promise.resolve(item.length)
  }, { concurrency: 1, capacity: 0 })
  expectTypeOf(pool).toEqualTypeOf<WorkerPool<string, number>>()
  expectTypeOf(pool.run('a')).resolves.toBeNumber()
  expectTypeOf(pool.submit('a')).resolves.toEqualTypeOf<{ readonly result: Promise<number> }>()
})

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('what must not compile', () => {
  const pool = new WorkerPool((item: string) => item.length, { concurrency: 1, capacity: 0 })
  // @ts-expect-error not a string
  neverCalled(() => pool.run(1))
  // @ts-expect-error concurrency is always stated
  neverCalled(() => new WorkerPool(() => 1, { capacity: 1 }))
  // @ts-expect-error the queue is always stated
  neverCalled(() => new WorkerPool(() => 1, { concurrency: 1 }))
})
