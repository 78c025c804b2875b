import { describe, expect, it } from 'vitest'
import { batch, broadcast, buffer, concatMap, distinct, filter, flatMap, map, mapAsync, mergeMap, take, tapEnd } from '@sluice/operators'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import {
  drain, failing, forEach, from, range, reduce, toArray, using, type Pipeline, type Run, type RunOptions, type Source,
} from '../index'
import { sink, source } from '../authoring'

const BOOM = new Error('boom')

/** What a run came to, where it came to an end. */
const endOf = (run: Run<unknown>): Promise<unknown> => new Promise((resolve) => {
  const timer = setTimeout(resolve, 2000, 'it never ended')
  const over = (end: unknown) => () => {
    clearTimeout(timer)
    resolve(end)
  }
  run.then(over('completed'), over('rejected'))
})

type Act = () => void

/** Functions of the user's from which a run can be ended or paused. */
const places: Record<string, (act: Act) => Pipeline<unknown>> = {
  map: (act) => range(0, 20).pipe(map((n) => { if (n === 5) act(); return n })).to(toArray()),
  mapAsync: (act) => range(0, 20).pipe(mapAsync((n) => { if (n === 5) act(); return n }, { concurrency: 2 })).to(toArray()),
  onError: (act) => range(0, 20).pipe(map((n) => { if (n === 5) throw BOOM; return n }, { onError: () => { act(); return 'skip' } })).to(toArray()),
  'onError of a call': (act) => range(0, 20).pipe(mapAsync((n) => (n === 5 ? Promise.reject(BOOM) : n), { concurrency: 2, onError: () => { act(); return 'skip' } })).to(toArray()),
  'a release': (act) => using(() => 1, () => [1, 2], act).to(toArray()),
  'the write of a sink': (act) => range(0, 9).to(sink('mine', () => ({ write: act, end() {} }))),
  'the end of a sink': (act) => range(0, 9).to(sink('mine', () => ({ write() {}, end: act }))),
  'the abort of a sink': (act) => failing(BOOM).to(sink('mine', () => ({ write() {}, end() {}, abort: act }))),
  'a pull': (act) => source<number>('mine', () => {
    let n = 0
    return { pull(into) { if (n === 3) act(); if (n > 6) return -2; into[0] = n++; return 1 } }
  }).to(toArray()),
  'the close of a source': (act) => source<number>('mine', () => ({ pull(into) { into[0] = 1; return 1 }, close: act })).pipe(take(3)).to(toArray()),
  'the return of an iterator': (act) => from({ [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }), return() { act(); return { done: true as const, value: undefined } } }) }).pipe(take(3)).to(toArray()),
  'the project of concatMap': (act) => range(0, 9).pipe(concatMap((n) => { if (n === 3) act(); return [n] })).to(toArray()),
  'the project of mergeMap': (act) => range(0, 9).pipe(mergeMap((n) => { if (n === 3) act(); return [n] }, { concurrency: 2 })).to(toArray()),
  tapEnd: (act) => range(0, 9).pipe(tapEnd(act)).to(toArray()),
  'the weight of a batch': (act) => range(0, 9).pipe(batch(3, { maxWeight: 10, weigh: (n) => { if (n === 3) act(); return 1 } })).to(toArray()),
  forEach: (act) => range(0, 9).to(forEach((n) => { if (n === 3) act() })),
  reduce: (act) => range(0, 9).to(reduce((sum, n) => { if (n === 3) act(); return sum + n }, 0)),
  'a branch': (act) => range(0, 9).pipe(broadcast([(s: Source<number>) => s.pipe(map((n) => { if (n === 3) act(); return n })), (s: Source<number>) => s])).to(toArray()),
  redact: (act) => from([1]).pipe(map(() => { act(); throw BOOM })).to(drain()),
}

describe.each(['abort', 'stop', 'pause'] as const)('%s', (verb) => {
  it.each(Object.entries(places))('R13, R17, R18: from inside %s ends or holds the run, and nothing is unhandled', async (place, make) => {
    let end: unknown
    const unhandled = await unhandledRejections(async () => {
      const act: Act = () => {
        if (verb === 'pause') {
          run.pause()
          setTimeout(() => { run.resume() }, 1)
        } else {
          void run[verb]()
        }
      }
      const options: RunOptions = place === 'redact' ? { redact: (item) => { act(); return item } } : {}
      const run: Run<unknown> = make(act).run(options)
      end = await endOf(run)
      expect(['completed', 'failed', 'aborted']).toContain(run.status)
      await run.stop()
    })
    expect(end).toMatch(/^(completed|rejected)$/)
    expect(unhandled).toEqual([])
  })
})

describe('iterators', () => {
  const fail = (): never => { throw BOOM }
  const endless = function* (): Generator<number> { try { for (;;) yield 1 } finally { fail() } }
  const endlessAsync = async function* (): AsyncGenerator<number> { try { for (;;) yield Promise.resolve(1) } finally { fail() } }

  it.each([
    ['from', () => from(endless())], ['from, async', () => from(endlessAsync())], ['flatMap', () => from([1]).pipe(flatMap(endless))],
    ['concatMap', () => from([1]).pipe(concatMap(endless))], ['mergeMap', () => from([1]).pipe(mergeMap(endless, { concurrency: 1 }))],
  ] as const)('R7: a generator that throws while it is closed fails the run that was over: %s', async (_, make) => {
    await expect(make().pipe(take(2)).to(toArray()).run()).rejects.toBe(BOOM)
  })

  it.each<[string, unknown]>([
    ['a [Symbol.asyncIterator] that throws', { [Symbol.asyncIterator]() { throw new TypeError('no') } }],
    ['a [Symbol.asyncIterator] that answers nothing', { [Symbol.asyncIterator]() {} }],
    ['a [Symbol.iterator] that answers a number', { [Symbol.iterator]: () => 5 }],
    ['a next that is no function', { [Symbol.iterator]: () => ({ next: 5 }) }],
    ['an array whose length throws', new Proxy([1], { get: (target, key) => { if (key === 'length') throw new TypeError('no'); return Reflect.get(target, key) as unknown } })],
  ])('S8: %s fails the run', async (_, hostile) => {
    await expect(from(hostile as Iterable<number>).to(drain()).run()).rejects.toBeInstanceOf(TypeError)
    await expect(from([1]).pipe(concatMap(() => hostile as Iterable<number>)).to(drain()).run()).rejects.toBeInstanceOf(TypeError)
  })

  it('S8: an iterator needs no return', async () => {
    expect(await from({ [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }) }) }).pipe(take(2)).to(toArray()).run()).toEqual([1, 1])
  })
})

it('O1: functions, symbols, proxies, promises, holes and -0 are values like any other', async () => {
  const odd = [() => 1, Symbol('a'), new Proxy({}, {}), -0, NaN, undefined, null, 1n, Promise.resolve(1)]
  const got = await from(odd).pipe(map((value) => value), filter(() => true), buffer(2), mergeMap((value) => [value], { concurrency: 1 }), distinct({ maxKeys: 100 })).to(toArray()).run()
  expect(got.map((value, i) => Object.is(value, odd[i]))).toEqual(odd.map(() => true))
  expect(await from(Object.assign(new Array<number>(3), { 0: 1, 2: 2 })).to(toArray()).run()).toEqual([1, undefined, 2])
})

it.each<[string, () => unknown]>([
  ['nothing', () => undefined], ['null', () => null], ['a proxy whose traps throw', () => new Proxy({}, { has() { throw new Error('trap') } })],
  ['a promise', () => Promise.resolve('skip')], ['an error thrown', () => { throw new Error('decision') }],
])('R35: a decision that is none fails the stage: %s', async (_, decide) => {
  for (const work of [map(() => { throw BOOM }, { onError: decide as never }), mapAsync(() => Promise.reject(BOOM), { concurrency: 1, onError: decide as never })]) {
    await expect(from([1]).pipe(work).to(drain()).run()).rejects.toBeInstanceOf(Error)
  }
})
