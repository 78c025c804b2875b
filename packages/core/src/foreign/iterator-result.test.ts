import { describe, expect, it } from 'vitest'
import { concatMap, expand, flatMap, mapStateful, mergeMap, take } from '@sluice/operators'
import { drain, from, paginate, type Source } from '../index'
import { coded } from './coded'

const iterable = (next: () => unknown, done?: () => void): Iterable<number> => ({
  [Symbol.iterator]: () => ({
    next: next as () => IteratorResult<number>,
    return() {
      done?.()
      return { done: true, value: undefined }
    },
  }),
})

const readers: Record<string, (values: Iterable<number>) => Source<unknown>> = {
  from: (values) => from(values),
  'from, async': (values) => from({
    [Symbol.asyncIterator]: () => {
      const iterator = values[Symbol.iterator]()
      return { next: async () => Promise.resolve(iterator.next()), return: async () => Promise.resolve(iterator.return?.() as IteratorResult<number>) }
    },
  }),
  flatMap: (values) => from([1]).pipe(flatMap(() => values)),
  concatMap: (values) => from([1]).pipe(concatMap(() => values)),
  mergeMap: (values) => from([1]).pipe(mergeMap(() => values, { concurrency: 1 })),
  expand: (values) => from([1]).pipe(expand(() => values)),
  'mapStateful, flush': (values) => from<number>([]).pipe(mapStateful(() => 0, (s: number, n: number) => [s, n] as const, { flush: () => values })),
  'paginate, items': (values) => paginate(0, () => ({ items: values })),
}

describe.each(Object.entries(readers))('%s', (_, read) => {
  it.each([42, 'x', true, undefined, null, 7n])('S8: a next() that answers %s, which is no object, is a TypeError, as in for (of)', async (answer) => {
    const run = read(iterable(() => answer)).pipe(take(3)).to(drain()).run()
    await expect(run).rejects.toThrow(coded('SLUICE_ANSWER', new TypeError(`iterator: next() must answer an object with done and value, got ${typeof answer === 'string' ? '"x"' : typeof answer === 'bigint' ? '7n' : String(answer)}`)))
  })

  it('S8: an iterator whose next() threw is at its end: it is neither asked again nor closed', async () => {
    let calls = 0
    let closed = 0
    const boom = new Error('boom')
    const values = iterable(() => {
      calls++
      throw boom
    }, () => { closed++ })
    await expect(read(values).to(drain()).run()).rejects.toBe(boom)
    expect([calls, closed]).toEqual([1, 0])
  })
})
