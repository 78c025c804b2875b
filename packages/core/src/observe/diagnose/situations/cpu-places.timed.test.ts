import { describe, expect, it } from 'vitest'
import { batch, broadcast, filter, flatMap, map, mapAsync, mapAsyncKeyed, scan } from '@sluice/operators'
import { drain, forEach, from, interval, range, type Run } from '../../../index'
import { brief, burn, inFull, saidOf, sleep } from '../../../../test/stage-kit'

/** A step that takes the CPU, at each place where user code runs: on the clock of the platform, one after the other. */
const call = (ms: number) => async <T>(value: T): Promise<T> => {
  await sleep(ms)
  return value
}
const burning = <T>(ms: number) => (value: T): T => { burn(ms); return value }
const plain = map((n: number) => n)
const ahead = mapAsync(call(1), { concurrency: 4 })
async function* crawled(ms: number): AsyncGenerator<number> {
  for (let n = 0; ; n++) {
    await sleep(0)
    burn(ms)
    yield n
  }
}

const PLACES: Record<string, readonly [() => Run<unknown>, string]> = {
  'a function that makes several': [() => range(0).pipe(ahead, flatMap((n: number) => { burn(5); return [n, n] }, { name: 'split' }), mapAsync(call(1), { concurrency: 8 })).to(drain()).run(), 'cpu-step @ split (cpu)'],
  'the same before a sink': [() => range(0).pipe(flatMap((n: number) => { burn(5); return [n, n] }, { name: 'split' })).to(forEach(() => {})).run(), 'cpu-step @ split (cpu)'],
  'a test, first of a chain': [() => range(0).pipe(filter((n) => { burn(2); return n % 2 === 0 }, { name: 'valid' }), plain, plain).to(forEach(call(1), { concurrency: 8 })).run(), 'cpu-step @ valid (cpu)'],
  'a test, last of a chain': [() => range(0).pipe(ahead, plain, plain, filter((n) => { burn(2); return n % 2 === 0 }, { name: 'valid' })).to(drain()).run(), 'cpu-step @ valid (cpu)'],
  'a sum that is carried on': [() => range(0).pipe(scan((sum: number, n: number) => { burn(3); return sum + n }, 0, { name: 'sum' })).to(drain()).run(), 'cpu-step @ sum (cpu)'],
  'a step on batches': [() => range(0).pipe(batch(50), map(burning<number[]>(20), { name: 'sort' })).to(forEach(call(1))).run(), 'cpu-step @ sort (cpu)'],
  'a sink': [() => range(0).pipe(plain, ahead).to(forEach(burning(4), { name: 'write' })).run(), 'cpu-step @ write (cpu)'],
  'the key of calls': [() => range(0).pipe(mapAsyncKeyed((n: number) => { burn(2); return n % 5 }, call(1), { concurrency: 8, perKey: 2, maxPending: 100, name: 'keyed' })).to(drain()).run(), 'cpu-step @ keyed (cpu)'],
  'a step of a branch': [() => range(0).pipe(broadcast([(s) => s.pipe(map(burning<number>(4), { name: 'thumb' })).to(drain()), (s) => s.pipe(mapAsync(call(1), { concurrency: 2 }))])).to(drain()).run(), 'cpu-step @ thumb (cpu)'],
  'a sink, after it has waited': [() => range(0).to(forEach(async () => { await sleep(1); burn(8) }, { concurrency: 2, name: 'store' })).run(), 'cpu-step @ store (cpu after an await)'],
  'a generator, after it has waited': [() => from(crawled(20), { name: 'crawl' }).to(drain()).run(), 'cpu-step @ crawl (cpu after an await)'],
  'a generator, after it has waited, before steps': [() => from(crawled(20), { name: 'crawl' }).pipe(plain, filter(() => true)).to(forEach(() => {})).run(), 'cpu-step @ crawl (cpu after an await)'],
  'calls that hold the loop now and then': [() => interval(400).pipe(mapAsync(async (n: number) => { burn(220); await sleep(1); return n }, { concurrency: 2, name: 'parse' })).to(drain()).run({ onWarning: () => {} }), 'loop-blocked @ parse (cpu)'],
}

/** What is outside of stages is seen only where the platform tells how busy the loop is. */
const tellsOfLoop = await (async () => {
  const run = range(0, 1).to(drain()).run()
  await run
  return run.stats().process.loopUtilization !== null
})()

describe('a step that takes the CPU', () => {
  it.each(Object.entries(PLACES).filter(([, [, expected]]) => tellsOfLoop || !expected.includes('await')))('X30: %s', async (_name, [script, expected]) => {
    const said = await saidOf(script())
    expect(brief(said), inFull(said)).toBe(expected)
  })
})
