import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buffer, filterAsync, map, mapAsync, mapAsyncKeyed, mapAsyncUnordered, mergeMap, tapAsync } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { deadLetter, drain, forEach, Limit, OptionError, range, retry, setConcurrency, toArray, type Operator, type Pipeline, type Run } from '../index'

const COUNT = 60

/** Calls that take their time, and watch how many of them run when one begins. */
class Watched {
  readonly clock = new VirtualClock()
  readonly seen: number[] = []
  readonly broken: string[] = []
  /** Calls that have a place and wait for a permit. Absent: a place is a call that runs. */
  waiting: (() => number) | undefined
  running = 0
  #bound: number
  /** The bound; or what was under way when that was lowered, until so few are left. */
  #allowed: number
  readonly #took: readonly number[]

  constructor(bound: number, took: readonly number[]) {
    this.#bound = this.#allowed = bound
    this.#took = took
  }

  set bound(to: number) {
    this.#allowed = Math.max(to, this.waiting ? this.running + this.waiting() : 0)
    this.#bound = to
  }

  readonly call = async (n: number): Promise<number> => {
    this.running++
    this.#look()
    if (this.running > this.#allowed) this.broken.push(`${this.running} of ${this.#bound} at ${n}`)
    await this.clock.sleep(this.#took[n % this.#took.length] as number)
    this.running--
    this.#look()
    this.seen.push(n)
    return n
  }

  #look(): void {
    if (this.running + (this.waiting?.() ?? 0) <= this.#bound) this.#allowed = this.#bound
  }
}

interface Change { readonly afterMs: number; readonly to: number }
const changes = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 30 }), to: fc.integer({ min: 1, max: 12 }) }), { maxLength: 8 })
const took = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 7 })

/** Runs to the end while the bound changes; answers the result. */
async function played<R>(watched: Watched, pipeline: Pipeline<R>, sequence: readonly Change[]): Promise<R> {
  const { clock } = watched
  const run = pipeline.run({ clock })
  for (const { afterMs, to } of sequence) {
    await clock.advance(afterMs)
    if (run.status !== 'running') break
    watched.bound = to
    setConcurrency(run, 'call', to)
  }
  await clock.advance(60 * 21 + 100)
  return run
}

const values = Array.from({ length: COUNT }, (_, i) => i)
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)
type Make = (watched: Watched, concurrency: number) => Operator<number, number>
const MAKERS: Readonly<Record<string, { make: Make; ordered: boolean }>> = {
  mapAsync: { ordered: true, make: ({ call }, concurrency) => mapAsync(call, { concurrency, name: 'call' }) },
  'mapAsync, capacity 0': { ordered: true, make: ({ call }, concurrency) => mapAsync(call, { concurrency, capacity: 0, name: 'call' }) },
  'mapAsync under guard': { ordered: true, make: (watched, concurrency) => {
    const limit = new Limit({ concurrency: 5 })
    watched.waiting = () => limit.waiting
    return mapAsync(watched.call, { concurrency, timeoutMs: 1e6, limit, name: 'call' })
  } },
  'mapAsync with a time limit': { ordered: true, make: ({ call }, concurrency) => mapAsync(call, { concurrency, timeoutMs: 1e6, name: 'call' }) },
  mapAsyncUnordered: { ordered: false, make: ({ call }, concurrency) => mapAsyncUnordered(call, { concurrency, capacity: 3, name: 'call' }) },
  tapAsync: { ordered: true, make: ({ call }, concurrency) => tapAsync(call, { concurrency, name: 'call' }) },
  filterAsync: { ordered: true, make: ({ call }, concurrency) => filterAsync(async (n) => (await call(n)) >= 0, { concurrency, name: 'call' }) },
  mapAsyncKeyed: { ordered: false, make: ({ call }, concurrency) => mapAsyncKeyed((n) => n % 13, call, { concurrency, perKey: 2, name: 'call' }) },
}

describe('R85: the concurrency of a stage is changed while its run goes on', () => {
  it.each(Object.entries(MAKERS))('any sequence of changes keeps every value and its order, and begins no call beyond the bound: %s', async (_name, { make, ordered }) => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 8 }), took, changes, async (from, takes, sequence) => {
      const watched = new Watched(from, takes)
      const result = await played(watched, range(0, COUNT).pipe(make(watched, from)).to(toArray()), sequence)
      expect(ordered ? result : sorted(result)).toEqual(values)
      expect(watched.broken).toEqual([])
      expect(sorted(watched.seen)).toEqual(values)
    }), { numRuns: 40 })
  })

  it('the same of forEach, whose function answers a promise now and then', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 8 }), took, changes, fc.integer({ min: 1, max: 3 }), async (from, takes, sequence, every) => {
      const watched = new Watched(from, takes)
      const done: number[] = []
      const use = (n: number): unknown => (n % every === 0 ? watched.call(n).then(() => { done.push(n) }) : done.push(n))
      await played(watched, range(0, COUNT).to(forEach(use, { concurrency: from, name: 'call' })), sequence)
      expect(sorted(done)).toEqual(values)
      expect(watched.broken).toEqual([])
    }), { numRuns: 60 })
  })

  it('begins more calls at once, and leaves fewer as they settle; the figures follow', async () => {
    const watched = new Watched(1, [10])
    const { clock } = watched
    const run = range(0, 100).pipe(mapAsync(watched.call, { concurrency: 1, name: 'call' })).to(drain()).run({ clock })
    const figures = () => { const stage = run.stats().stages.find(({ id }) => id === 'call'); return [watched.running, stage?.adjustable?.concurrency, stage?.calls?.concurrency, stage?.queue?.capacity] }
    await clock.advance(5)
    expect(figures()).toEqual([1, 1, 1, 2])
    watched.bound = 8
    expect(setConcurrency(run, 'call', 8)).toBe(true)
    await clock.advance(0)
    expect(figures()).toEqual([8, 8, 8, 16])
    watched.bound = 2
    setConcurrency(run, 'call', 2)
    await clock.advance(3)
    // None was aborted.
    expect(figures()).toEqual([8, 2, 2, 4])
    await clock.advance(100)
    expect(watched.running).toBeLessThanOrEqual(2)
    await clock.advance(1000)
    await run
    expect(watched.broken).toEqual([])
  })

  it('changes while failed items are tried again or given up, and lets a paused run be', async () => {
    const watched = new Watched(3, [4])
    const { clock } = watched
    let letters = 0
    const tries = new Map<number, number>()
    const call = async (n: number): Promise<number> => {
      await watched.call(n)
      tries.set(n, (tries.get(n) ?? 0) + 1)
      if (n % 3 === 0 && tries.get(n) === 1) throw new Error('once')
      if (n % 7 === 1) throw new Error('always')
      return n
    }
    const onError = retry({ times: 2, delayMs: 3, jitter: 0, then: deadLetter(forEach(() => { letters++ })) })
    const run = range(0, COUNT).pipe(mapAsync(call, { concurrency: 3, name: 'call', onError })).to(toArray()).run({ clock })
    await clock.advance(10)
    watched.bound = 6
    setConcurrency(run, 'call', 6)
    await clock.advance(10)
    run.pause()
    setConcurrency(run, 'call', 2)
    await clock.advance(20)
    run.resume()
    // Items that are tried again have their places still.
    await clock.advance(40)
    watched.bound = 2
    await clock.advance(2000)
    expect(await run).toEqual(values.filter((n) => n % 7 !== 1))
    expect([letters, watched.broken]).toEqual([values.filter((n) => n % 7 === 1).length, []])
  })

  it('is refused where it cannot be: another stage, what adapts by itself, another number; and what has ended is left as it is', async () => {
    const run = range(0, 3).pipe(map((n) => n), mapAsync(async (n) => n, { concurrency: { max: 4, targetMs: 5 }, name: 'adapts' }), mergeMap((n) => [n], { concurrency: 2 }), mapAsync(async (n) => n, { concurrency: 2 })).to(toArray()).run()
    for (const stage of ['range', 'map', 'adapts', 'mergeMap', 'toArray']) expect(() => { setConcurrency(run, stage, 2) }).toThrow('setConcurrency: stage must be a stage whose concurrency may be changed')
    expect(() => { setConcurrency(run, 'nothing', 2) }).toThrow("'mapAsync'")
    for (const wrong of [0, -1, 1.5, NaN, Infinity, '2']) expect(() => { setConcurrency(run, 'mapAsync', wrong as number) }).toThrow(OptionError)
    expect(() => { setConcurrency({} as never, 'mapAsync', 2) }).toThrow('setConcurrency: expected a run')
    expect(await run).toEqual([0, 1, 2])
    expect(setConcurrency(run, 'mapAsync', 9)).toBe(false)
    expect(run.stats().stages.find(({ id }) => id === 'mapAsync')?.adjustable).toEqual({ concurrency: 2, rate: null })
  })

  it.each<[string, (run: Run<unknown>) => unknown]>([
    ['is completed', (run) => run], ['was stopped', (run) => run.stop()], ['was aborted', (run) => run.abort()],
  ])('answers that nothing is changed where the run %s, and where only the stage has ended', async (_how, end) => {
    const clock = new VirtualClock()
    const run = range(0, 3).pipe(mapAsync(async (n) => n, { concurrency: 2 }), buffer(10)).to(forEach(() => clock.sleep(10))).run({ clock })
    run.catch(() => {})
    await clock.advance(15)
    expect([run.status, setConcurrency(run, 'mapAsync', 9), setConcurrency(run, 'forEach', 2)]).toEqual(['running', false, true])
    await clock.runOut(Promise.resolve(end(run)).catch(() => {}))
    expect(setConcurrency(run, 'forEach', 9)).toBe(false)
    expect(run.stats().stages.map(({ adjustable }) => adjustable?.concurrency ?? null)).toEqual([null, 2, null, 2])
  })
})
