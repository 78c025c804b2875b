import { afterAll, describe, expect, it } from 'vitest'
import { filter, map, mapAsync, tap } from '@sluice/operators'
import { count, drain, forEach, from, interval, range, type Diagnosis, type Run } from '../../../index'
import { brief, burn, inFull, saidOf, sleep } from '../../../../test/stage-kit'

/** Situations in which the CPU is the cause, on the clock of the platform: one after the other, since they share one event loop. */
const call = (ms: number) => async <T>(value: T): Promise<T> => {
  await sleep(ms)
  return value
}
const plain = map((n: number) => n + 1)
const resize = map((n: number) => { burn(5); return n }, { name: 'resize' })
function* generated(): Generator<number> {
  for (let n = 0; ; n++) {
    burn(3)
    yield n
  }
}
const burning: ReturnType<typeof setInterval>[] = []
const others: Run<unknown>[] = []
afterAll(() => {
  for (const timer of burning) clearInterval(timer)
  for (const run of others) void run.abort()
})

const SITUATIONS: Record<string, readonly [() => Run<unknown>, string]> = {
  'a step between two stages that call': [() => range(0).pipe(mapAsync(call(1), { concurrency: 4, name: 'load' }), resize, mapAsync(call(2), { concurrency: 4, name: 'upload' })).to(drain()).run(), 'cpu-step @ resize (cpu)'],
  'a step before a sink': [() => range(0).pipe(mapAsync(call(1), { concurrency: 4, name: 'load' }), resize).to(forEach(call(1), { concurrency: 4, name: 'store' })).run(), 'cpu-step @ resize (cpu)'],
  'a step of a fused chain of six': [() => range(0).pipe(plain, filter((n) => n > 0), resize, plain, tap(() => {}), plain).to(count()).run(), 'cpu-step @ resize (cpu)'],
  'a synchronous source': [() => from(generated(), { name: 'generate' }).pipe(plain, mapAsync(call(1), { concurrency: 4, name: 'upload' })).to(drain()).run(), 'cpu-step @ generate (cpu)'],
  'a function of calls, before it waits': [() => range(0).pipe(mapAsync(async (n: number) => { burn(5); await sleep(1); return n }, { concurrency: 4, name: 'encode' })).to(drain()).run(), 'cpu-step @ encode (cpu)'],
  'a function of calls, after it has waited': [() => range(0).pipe(mapAsync(async (n: number) => { await sleep(1); burn(10); return n }, { concurrency: 4, name: 'encode' })).to(drain()).run(), 'cpu-step @ encode (cpu after an await)'],
  'a step that holds the loop now and then': [() => interval(500).pipe(map((n: number) => { burn(250); return n }, { name: 'parse' }), mapAsync(call(5), { concurrency: 2 })).to(drain()).run({ onWarning: () => {} }), 'loop-blocked @ parse (cpu)'],
  'a sink that holds the loop now and then': [() => interval(500).pipe(plain).to(forEach(() => { burn(250) }, { name: 'write' })).run({ onWarning: () => {} }), 'loop-blocked @ write (cpu)'],
  'a step of another run': [() => {
    others.push(range(0).pipe(map((n: number) => { burn(20); return n }, { name: 'hog' })).to(drain()).run({ name: 'b' }))
    return range(0).pipe(plain, mapAsync(call(1), { concurrency: 2, name: 'fetch' })).to(drain()).run({ name: 'a' })
  }, 'loop-blocked @ - (b/hog)'],
  'code outside of all pipelines': [() => {
    for (const run of others.splice(0)) void run.abort()
    burning.push(setInterval(() => { burn(80) }, 200))
    return interval(20).pipe(plain).to(drain()).run()
  }, 'loop-foreign @ - (other code)'],
}

/** What is outside of stages is seen only where the platform tells how busy the loop is. */
const tellsOfLoop = await (async () => {
  const run = range(0, 1).to(drain()).run()
  await run
  return run.stats().process.loopUtilization !== null
})()

describe('situations of the CPU', () => {
  it.each(Object.entries(SITUATIONS).filter(([, [, expected]]) => tellsOfLoop || !/await|other code/.test(expected)))('X30: %s', async (_name, [script, expected]) => {
    const said = await saidOf(script())
    expect(brief(said), inFull(said)).toBe(expected)
  })

  it('X31: an even chain at full speed is nothing to complain of', async () => {
    for (const timer of burning.splice(0)) clearInterval(timer)
    const said = await saidOf(range(0).pipe(plain, filter((n) => n > 0), plain, plain).to(count()).run())
    expect(quiet(said), inFull(said)).toBe(true)
  })
})

const quiet = ({ severity }: Diagnosis): boolean => severity === 'none' || severity === 'info'
