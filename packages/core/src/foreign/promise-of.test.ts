import { describe, expect, it, vi } from 'vitest'
import { concatWith, fallback, filterAsync, interleave, mapAsync, mapAsyncKeyed, mapAsyncUnordered, mergeWith, onErrorResume, skipUntil, take, takeUntil, tapAsync, zipWith } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import {
  count, deadLetter, drain, failing, forEach, from, never, paginate, range, using, WorkerPool, type Pipeline,
  type Pullable,
} from '../index'
import { isThenable, promiseOf, sink, source } from '../authoring'

const BOOM = new Error('boom')
const outcomeOf = (run: PromiseLike<unknown>): Promise<unknown> => new Promise((resolve) => {
  const timer = setTimeout(resolve, 1000, 'it never ended')
  run.then(() => { resolve('completed') }, resolve).then(() => { clearTimeout(timer) }, () => {})
})

/** Answers of functions that throw when they are touched. */
const throwing: Record<string, () => never> = {
  'whose then getter throws': () => ({ get then(): never { throw BOOM } }) as never,
  'that is a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy as never
  },
  'that is a proxy whose every trap throws': () => new Proxy({}, { get: () => { throw BOOM }, getPrototypeOf: () => { throw BOOM } }) as never,
  'whose then throws when it is called': () => ({ then: () => { throw BOOM } }) as never,
  'that is a promise whose constructor throws': () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: () => { throw BOOM } }) as never,
}

describe.each(Object.entries(throwing))('an answer %s', (_, answer) => {
  const one = { concurrency: 1 }
  const numbers = range(0, 3)
  const places: Record<string, () => Pipeline<unknown>> = {
    mapAsync: () => numbers.pipe(mapAsync(answer, one)).to(drain()),
    'mapAsync with a timeout': () => numbers.pipe(mapAsync(answer, { concurrency: 1, timeoutMs: 1000 })).to(drain()),
    mapAsyncUnordered: () => numbers.pipe(mapAsyncUnordered(answer, one)).to(drain()),
    mapAsyncKeyed: () => numbers.pipe(mapAsyncKeyed((n) => n, answer, one)).to(drain()),
    filterAsync: () => numbers.pipe(filterAsync(answer, one)).to(drain()),
    tapAsync: () => numbers.pipe(tapAsync(answer, one)).to(drain()),
    forEach: () => numbers.to(forEach(answer)),
    paginate: () => paginate(0, answer).to(drain()),
    'using, acquire': () => using(answer, () => numbers, () => {}).to(drain()),
    'using, release': () => using(() => 0, () => numbers, answer).to(drain()),
    'a source that is closed': () => source('closing', () => ({ pull: () => { throw BOOM }, close: answer })).to(drain()),
    'next of an async iterator': () => from({ [Symbol.asyncIterator]: () => ({ next: answer }) }).to(drain()),
    'return of an async iterator': () => from({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false as const, value: 1 }), return: answer }) }).pipe(take(1)).to(drain()),
    'write of a sink': () => numbers.to(sink('mine', () => ({ write: answer, end() {} }))),
    'end of a sink': () => numbers.to(sink('mine', () => ({ write() {}, end: answer }))),
    'abort of a sink': () => failing(BOOM).to(sink('mine', () => ({ write() {}, end() {}, abort: answer }))),
    'write of a dead letter sink': () => numbers.pipe(mapAsync(() => Promise.reject(BOOM), { ...one, onError: deadLetter(sink('dead', () => ({ write: answer, end() {} }))) })).to(drain()),
    'end of a dead letter sink': () => numbers.pipe(mapAsync(() => Promise.reject(BOOM), { ...one, onError: deadLetter(sink('dead', () => ({ write() {}, end: answer }))) })).to(drain()),
  }

  it.each(Object.entries(places))('R26: fails the run with what it throws: %s', async (_name, make) => {
    let outcome: unknown
    const unhandled = await unhandledRejections(async () => { outcome = await outcomeOf(make().run()) })
    expect(outcome).toBeInstanceOf(Error)
    expect(unhandled).toEqual([])
  })

  it('R26: rejects the result of a pool', async () => {
    const pool = new WorkerPool<number, unknown>(answer, { concurrency: 1, capacity: 1 })
    expect(await outcomeOf(pool.run(1))).toBeInstanceOf(Error)
    expect(await outcomeOf(pool.run(2))).toBeInstanceOf(Error)
  })
})

describe('a thenable that does not keep to the rules', () => {
  const sameTick = () => ({ then: (onResolved: (value: number) => void) => { onResolved(1); onResolved(2) } }) as PromiseLike<number>
  const both = () => ({ then: (onResolved: (value: number) => void, onRejected: (error: unknown) => void) => { onResolved(1); onRejected(BOOM) } }) as PromiseLike<number>

  it.each([['calls back twice, at once', sameTick], ['resolves, then rejects', both]])('R26: counts once: %s', async (_, answer) => {
    expect(await range(0, 9).pipe(mapAsync(answer, { concurrency: 2 })).to(count()).run()).toBe(9)
    let called = 0
    await range(0, 9).to(forEach(() => { called++; return answer() }, { concurrency: 2 })).run()
    expect(called).toBe(9)
    expect(await from(answer()).to(count()).run()).toBe(1)
  })

  it('R26: promiseOf calls back later, and once', async () => {
    const called = vi.fn()
    const promise = promiseOf(sameTick())
    void promise?.then(called, called)
    expect(called).not.toHaveBeenCalled()
    await promise
    expect(called.mock.calls).toEqual([[1]])
  })
})

it('promiseOf hands a native promise on as it is, and makes none of a plain value', () => {
  const promise = Promise.resolve(1)
  expect(promiseOf(promise)).toBe(promise)
  for (const plain of [undefined, null, 0, 'text', { then: 1 }, () => {}]) {
    expect(promiseOf(plain)).toBeUndefined()
    expect(isThenable(plain)).toBe(false)
  }
})

describe('a promise given as a source or a notifier', () => {
  const late = (): Promise<number> => new Promise((_, reject) => { setTimeout(reject, 2, BOOM) })
  const slow = () => range(0, 4).pipe(mapAsync(() => new Promise((resolve) => { setTimeout(resolve, 3) }), { concurrency: 1 }))
  const uses: Record<string, () => unknown> = {
    'a pipeline that is never run': () => from(late()).to(drain()),
    'a paused run': async () => {
      const run = from(late()).to(drain()).run()
      run.pause()
      await new Promise((resolve) => { setTimeout(resolve, 6) })
      run.resume()
      expect(await outcomeOf(run)).toBe(BOOM)
    },
    'take(0)': () => from(late()).pipe(take(0)).to(drain()).run(),
    concat: async () => { expect(await outcomeOf(slow().pipe(concatWith(late())).to(drain()).run())).toBe(BOOM) },
    'concat that is left early': () => slow().pipe(concatWith(late()), take(1)).to(drain()).run(),
    fallback: () => slow().pipe(fallback(late())).to(drain()).run(),
    onErrorResume: async () => outcomeOf(slow().pipe(onErrorResume([late()])).to(drain()).run()),
    interleave: async () => { expect(await outcomeOf(slow().pipe(interleave(late())).to(drain()).run())).toBe(BOOM) },
    merge: async () => { expect(await outcomeOf(slow().pipe(mergeWith(late())).to(drain()).run())).toBe(BOOM) },
    zip: async () => { expect(await outcomeOf(slow().pipe(zipWith(late())).to(drain()).run())).toBe(BOOM) },
    'takeUntil, never run': () => never().pipe(takeUntil(late())).to(drain()),
    'skipUntil, never run': () => never().pipe(skipUntil(late())).to(drain()),
  }

  it.each(Object.entries(uses))('R27: is no unhandled rejection: %s', async (_, use) => {
    expect(await unhandledRejections(async () => {
      await use()
      await new Promise((resolve) => { setTimeout(resolve, 10) })
    })).toEqual([])
  })

  it('R27: a thenable that is no promise is left alone until its value is wanted', async () => {
    const then = vi.fn((onResolved: (value: number) => void) => { onResolved(1) })
    const lazy = { then } as unknown as Pullable<number>
    const pipeline = from(lazy).to(count())
    class Lazy extends Promise<number> {
      override then = then as never
    }
    const second = from(new Lazy(() => {})).to(count())
    await settle()
    expect(then).not.toHaveBeenCalled()
    expect([await pipeline.run(), await second.run()]).toEqual([1, 1])
    expect(then).toHaveBeenCalledTimes(2)
  })
})
