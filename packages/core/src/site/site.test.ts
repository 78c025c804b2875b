import { afterEach, describe, expect, it } from 'vitest'
import { broadcast, map, mapAsync, mergeMap, wireTap } from '@sluice/operators'
import { describePipeline, defer, drain, failureOf, from, OptionError, toArray, type Operator, type Pipeline, type Run, type Source } from '../index'
import { captureSites, declare, described, operator, source } from '../authoring'

/** The line of this file on which it is called. */
function line(): number {
  const frame = new Error().stack?.split('\n')[2] ?? ''
  return Number(/:(\d+):\d+\)?$/.exec(frame)?.[1])
}

const lineOf = (site: string | null | undefined): number => Number(/site\.test\.ts:(\d+):\d+$/.exec(site ?? '')?.[1])
const linesOf = (pipeline: Pipeline<unknown> | Source<unknown>): Record<string, number> => Object.fromEntries(describePipeline(pipeline).stages.map(({ id, site }) => [id, lineOf(site)]))
const sitesOf = (run: Run<unknown>): Record<string, number> => Object.fromEntries(run.stats().stages.map(({ id, site }) => [id, lineOf(site)]))
const same = <T>(): Operator<T, T> => operator('same', (upstream) => ({ pull: (into, limit) => upstream.pull(into, limit) }))

afterEach(() => { captureSites(true) })

describe('R75: a stage knows where it was built', () => {
  it('where its function was called, each on its own line', async () => {
    const at = line()
    const pipeline = from([1])
      .pipe(
        map((n) => n),
        mapAsync(async (n) => n, { concurrency: 1 }),
      )
      .to(toArray())
    const lines = { from: at + 1, map: at + 3, mapAsync: at + 4, toArray: at + 6 }
    expect(linesOf(pipeline)).toEqual(lines)
    const run = pipeline.run()
    expect(sitesOf(run)).toEqual(lines)
    expect(run.graph().nodes.map(({ site }) => lineOf(site)).sort()).toEqual(Object.values(lines))
    await run
  })

  it('one that is declared by nobody where it was put into the pipeline', async () => {
    const one = source('one', () => ({ pull: () => -2 }))
    const custom = same<unknown>()
    const at = line()
    const pipeline = one.pipe(custom)
      .to({ open: () => ({ write() {}, end() {} }) })
    expect(linesOf(pipeline)).toEqual({ one: at + 1, same: at + 1, sink: at + 2 })
    const run = pipeline.run()
    expect(sitesOf(run)).toEqual({ one: at + 1, same: at + 1, sink: at + 2 })
    await run
  })

  it('an operator of the program that is declared where it was made', () => {
    const MINE = declare('mine', () => ({}), {})
    const at = line()
    const mine = described(MINE, MINE.read({}), same<number>())
    expect(linesOf(from([1]).pipe(mine))['mine']).toBe(at + 1)
  })

  it('the parts of a fan-out where it was built, and what stands in its branches in its own place', async () => {
    const at = line()
    const pipeline = from([1]).pipe(
      broadcast([(branch) => branch.pipe(map((n: number) => n, { name: 'left' }))]),
      wireTap(drain()),
    ).to(toArray())
    expect(linesOf(pipeline)).toMatchObject({ broadcast: at + 2, 'broadcast[0]': at + 2, left: at + 2, 'broadcast.out': at + 2, wireTap: at + 3, 'wireTap.side': at + 3, drain: at + 3 })
    const run = pipeline.run()
    expect(sitesOf(run)).toMatchObject({ broadcast: at + 2, 'broadcast[0]': at + 2, left: at + 2, 'broadcast.out': at + 2, wireTap: at + 3, drain: at + 3 })
    await run
  })

  it('what is built while a stage is at work has the place of the operator that opens it', async () => {
    const inner: Record<string, number>[] = []
    const prepared = from([7]).pipe(map((n) => { inner.push(sitesOf(run)); return n }, { name: 'prepared' }))
    const preparedAt = line() - 1
    const at = line()
    const run: Run<void> = from([1, 2]).pipe(
      mergeMap((n) => (n === 2 ? prepared : defer(() => from([n]).pipe(map((m) => m, { name: 'inner' })))), { concurrency: 2 }),
      map((n) => { inner.push(sitesOf(run)); return n }, { name: 'look' }),
    ).to(drain()).run()
    await run
    expect(Object.assign({}, ...inner)).toMatchObject({ mergeMap: at + 2, inner: at + 2, defer: at + 2, look: at + 3, prepared: preparedAt })
  })

  it('a run that is begun inside a stage has the place of the stage that was at work', async () => {
    const built: (string | null)[] = []
    const at = line()
    await from([1]).pipe(
      mapAsync((n) => { built.push(...describePipeline(from([n]).pipe(map((m) => m))).stages.map(({ site }) => site)); return n }, { concurrency: 1 }),
    ).to(drain()).run()
    expect(built.map(lineOf)).toEqual([at + 2, at + 2])
  })

  it('a failure tells it, and its message names the file', async () => {
    const at = line()
    const failing = map<number, number>(() => { throw new Error('no') })
    const run = from([1]).pipe(failing).to(drain()).run()
    const error = await run.catch((reason: unknown) => reason)
    expect(lineOf(failureOf(error)?.site)).toBe(at + 1)
    expect(run.failure?.message).toMatch(new RegExp(`^run: stage 'map' \\(position 1\\) failed on 1: Error: no \\(at site\\.test\\.ts:${at + 1}:\\d+\\)$`))
  })

  it('not where the program has turned it off; what it was before is answered', async () => {
    expect(captureSites(false)).toBe(true)
    const run = from([1]).pipe(mergeMap((n) => from([n]), { concurrency: 1 }), map(() => { throw new Error('no') })).to(drain()).run()
    await run.catch(() => {})
    expect([run.stats().stages.map(({ site }) => site), run.failure?.site, captureSites('every')]).toEqual([[null, null, null, null], null, false])
    expect(run.failure?.message).toMatch(/: Error: no$/)
    expect(() => captureSites('some' as never)).toThrow(OptionError)
  })

  it('of thousands that are built at once only the first, unless every one is asked for', () => {
    const build = (): (string | null)[] => Array.from({ length: 3_000 }, () => describePipeline(from([1])).stages[0]?.site ?? null)
    captureSites('every')
    expect(build()).not.toContain(null)
    captureSites(true)
    expect(build()).toContain(null)
  })
})
