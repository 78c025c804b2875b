import { describe, expect, it } from 'vitest'
import { broadcast, buffer, concatWith, concatMap, filter, map, mapAsync, mapAsyncUnordered, mergeWith, mergeMap, scan, take } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { count, defer, drain, from, interval, never, PipelineDepthError, range, type Operator, type Source } from '../index'
import { asyncOperator, sharesFailure, sink } from '../authoring'

const many = (length: number, make: (index: number) => Operator<number, number>): Source<number> =>
  Array.from({ length }, (_, i) => make(i)).reduce<Source<number>>((source, operator) => source.pipe(operator), from([1]))
const plus = map((n: number) => n + 1)

const asking = (asked: boolean[]): Operator<number, number> => asyncOperator('asking', (upstream, stage) => {
  const outlet = stage.open(upstream)
  return {
    pull(into, limit) {
      const count = outlet.pull(into, limit)
      asked.push(outlet.endedEarly ?? false, sharesFailure(stage, outlet))
      return count
    },
  }
})

describe('steps', () => {
  it('R29: ten thousand that are pulled as one open, run, are told of and close without a deep stack', async () => {
    const run = many(10_000, (i) => (i % 3 === 0 ? plus : i % 3 === 1 ? filter(() => true) : scan((_sum: number, n: number) => n + 1, 0))).to(drain()).run()
    await run
    expect(run.stats().stages).toHaveLength(10_002)
    expect(run.graph().nodes.at(-1)?.position).toBe(10_001)
  })

  it('R29: ten thousand fail, and the way there is told', async () => {
    const run = many(10_000, () => plus).pipe(map(() => { throw new Error('end') })).to(drain()).run()
    await expect(run).rejects.toThrow('end')
    expect([run.failure?.position, run.failure?.item]).toEqual([10_001, 10_001])
  })

  it('R29: ten thousand are left and aborted', async () => {
    expect(await many(10_000, () => plus).pipe(take(1)).to(count()).run()).toBe(1)
    const run = many(10_000, () => plus).pipe(mapAsync(() => new Promise(() => {}), { concurrency: 1 })).to(drain()).run({ closeDeadlineMs: 5 })
    await Promise.resolve()
    await run.abort()
    expect(run.status).toBe('aborted')
  })

  it('R29: ten thousand are asked whether a stop has cut them short, and whether a failure is on its way', async () => {
    const asked: boolean[] = []
    const run = interval(1).pipe(...Array.from({ length: 10_000 }, () => plus) as [Operator<number, number>]).pipe(asking(asked)).to(drain()).run()
    // To open ten thousand steps takes longer than a slice: the first pull may come a turn later.
    while (asked.length === 0) await settle(1)
    // How often it is asked depends on how fast the machine is.
    expect(asked).not.toContain(true)
    expect(await run.stop()).toMatchObject({ status: 'completed', unstopped: [] })
    expect(asked.slice(-2)).toEqual([true, false])
  })

  it('R29: a stage that reads 150,000 sources at once is asked the same', async () => {
    const asked: boolean[] = []
    let opened = 0
    const inner = (): Source<number> => { opened++; return never() }
    const run = range(0, 150_000).pipe(mergeMap(inner, { concurrency: 150_000 })).pipe(asking(asked)).to(drain()).run()
    while (opened < 150_000) await settle(1)
    expect(await run.stop()).toMatchObject({ status: 'completed', unstopped: [] })
    expect(asked.slice(-2)).toEqual([true, false])
  }, 30_000)
})

const stages: Record<string, () => Operator<number, number>> = {
  buffer: () => buffer(1),
  mapAsync: () => mapAsync(async (n) => Promise.resolve(n), { concurrency: 1 }),
  mapAsyncUnordered: () => mapAsyncUnordered(async (n) => Promise.resolve(n), { concurrency: 1 }),
  merge: () => mergeWith([]),
  concat: () => concatWith([]),
  concatMap: () => concatMap((n) => [n]),
  mergeMap: () => mergeMap((n) => [n], { concurrency: 1 }),
  take: () => take(5),
  'map with a supervisor': () => map((n) => n, { onError: 'skip' }),
}

describe.each(Object.entries(stages))('%s', (_, make) => {
  it('R29: as many behind one another as the limit allows run', async () => {
    expect(await many(499, make).to(count()).run()).toBe(1)
  })

  it('R29: more are refused when the pipeline is built, by the name of the limit', () => {
    expect(() => many(500, make)).toThrow(PipelineDepthError)
    expect(() => many(500, make)).toThrow('a pipeline may be 500 stages deep, and this one is deeper')
  })
})

describe('sources inside sources', () => {
  const rejection = async (source: Source<unknown>): Promise<unknown> => {
    const opened: string[] = []
    const run = source.to(sink('mine', () => ({ write() {}, end() {}, abort() { opened.push('aborted') } }))).run()
    const error = await run.then(() => undefined, (thrown: unknown) => thrown)
    expect(opened).toEqual(['aborted'])
    return error
  }

  it('R29: too deep ones fail the run by the name of the limit, and all is closed', async () => {
    const nested = (n: number): Source<number> => (n === 0 ? from([0]) : defer(() => nested(n - 1)))
    const itself = (n: number): Source<number> => from([n]).pipe(concatMap((k) => itself(k + 1)))
    const inOthers = Array.from({ length: 1000 }).reduce<Source<number>>((other) => defer(() => from([1]).pipe(concatWith(other))), from([0]))
    for (const source of [nested(5000), itself(0), inOthers]) expect(await rejection(source)).toBeInstanceOf(PipelineDepthError)
    expect(await nested(200).to(count()).run()).toBe(1)
  })

  it('R29: broadcast, which is several stages, tells the limit too', async () => {
    const make = (): Operator<number, number> => broadcast([(s: Source<number>) => s])
    expect(await many(50, make).to(count()).run()).toBe(1)
    expect(await rejection(many(450, make))).toBeInstanceOf(PipelineDepthError)
  })
})

it('R8: a source that cannot be opened fails the run, not the call of run, and the sink is closed', async () => {
  const boom = new Error('boom')
  const aborted: unknown[] = []
  const broken = { open: () => { throw boom } }
  const run = map((n: number) => n)(broken as unknown as Source<number>).to(sink('mine', () => ({ write() {}, end() {}, abort(reason) { aborted.push(reason) } }))).run()
  await expect(run).rejects.toBe(boom)
  expect(aborted).toEqual([boom])
})
