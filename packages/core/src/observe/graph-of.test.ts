import { describe, expect, it, vi } from 'vitest'
import { broadcast, buffer, filter, map, mapAsync, mergeMap, wireTap } from '@sluice/operators'
import { BoundedQueue, drain, from, graphOf, Limit, never, range, Topic, toQueue, type Pipeline, type Source, type StageGraph } from '../index'
import { operator, sharedParts } from '../authoring'

const byId = ({ nodes }: StageGraph) => Object.fromEntries(nodes.map((node) => [node.id, node]))
const pairs = ({ edges }: StageGraph): string[] => edges.map(({ from: feeder, to }) => `${feeder} > ${to}`)

describe('graphOf a pipeline', () => {
  const pipeline = range(0).pipe(
    map((n) => n), filter(() => true), mapAsync(async (n: number) => n, { concurrency: 8, capacity: 4 }), buffer(16, { overflow: 'drop-oldest' }),
  ).to(drain())

  it('is plain JSON: stages, what they may do at once, and what they hold', () => {
    const graph = graphOf(pipeline)
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph)
    expect(byId(graph)).toMatchObject({
      range: { kind: 'source', position: 0, queue: null, madeBy: 'range', isKnown: true },
      mapAsync: { concurrency: 8, queue: { size: null, capacity: 4, overflow: null }, position: 3 },
      buffer: { concurrency: null, queue: { capacity: 16, overflow: 'drop-oldest' } },
      drain: { kind: 'sink', position: 5 },
    })
    expect(graph.groups).toEqual([{ id: 'fused map', kind: 'fused', label: 'map › filter', nodes: ['map', 'filter'] }])
    expect(graph).toMatchObject({ schema: 1, of: 'pipeline', name: null })
  })

  it('draws pipelines that are made of values once, and what tells nothing as unknown', () => {
    const graph = graphOf(range(0).pipe(mergeMap((n) => [n], { concurrency: 3 }), operator<number, number>('mine', (upstream) => ({ pull: (into, limit) => upstream.pull(into, limit) }))).to(drain()))
    expect(byId(graph)).toMatchObject({ 'mergeMap › per item': { perItem: { of: 'mergeMap', open: null, most: 3 }, isKnown: false }, mine: { isKnown: false, madeBy: null } })
    expect(pairs(graph)).toContain('mergeMap › per item > mergeMap')
    expect(graph.groups).toEqual([{ id: 'per item mergeMap', kind: 'per item', label: 'mergeMap: per item', nodes: ['mergeMap › per item'] }])
  })

  it('draws branches', () => {
    const graph = graphOf(range(0).pipe(broadcast([(s: Source<number>) => s.pipe(map((n) => n)), (s: Source<number>) => s.to(drain())])).to(drain()))
    expect(graph.groups.filter(({ kind }) => kind === 'branch').map(({ nodes }) => nodes)).toEqual([['broadcast[0]', 'map'], ['broadcast[1]', 'drain']])
  })

  it('is told of what is neither a pipeline nor a run', () => {
    expect(() => graphOf({} as Pipeline<unknown>)).toThrow(TypeError)
  })
})

describe('graphOf a run', () => {
  it('draws inner stages once for all that are open, with how many', async () => {
    const run = range(0).pipe(mergeMap((n) => never().pipe(map((m: number) => m + n)), { concurrency: 5 }), map((n) => n), map((n) => n)).to(drain()).run({ name: 'job' })
    const before = graphOf(run)
    expect(byId(before)).toMatchObject({ 'mergeMap › per item': { perItem: { open: 0, most: 5 } } })
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    const graph = graphOf(run)
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph)
    expect(graph).toMatchObject({ of: 'run', name: 'job' })
    expect(byId(graph)).toMatchObject({ 'mergeMap › map': { name: 'map', perItem: { of: 'mergeMap', open: 5, most: 5 } }, mergeMap: { madeBy: 'mergeMap', concurrency: 5, perItem: null } })
    expect(graph.nodes).toHaveLength(7)
    expect(graph.groups).toContainEqual({ id: 'fused map', kind: 'fused', label: 'map › map#2', nodes: ['map', 'map#2'] })
    await run.abort().catch(() => {})
    run.catch(() => {})
  })

  it('tells the size of a queue', async () => {
    const run = range(0).pipe(buffer(4), wireTap(drain())).to({ open: () => ({ write: () => new Promise<void>(() => {}), end() {} }) }).run()
    await new Promise((resolve) => { setTimeout(resolve, 10) })
    expect(byId(graphOf(run))['buffer']?.queue).toEqual({ size: run.stats().stages.find(({ id }) => id === 'buffer')?.queue?.size, capacity: 4, overflow: 'wait' })
    run.catch(() => {})
    await run.abort()
  })
})

describe('R76: what is shared by name is known to tools, with the stages that use it', () => {
  const named = (name: string) => sharedParts().find((part) => part.name === name)

  it('of a queue between two runs: figures, and who fills and reads it', async () => {
    const queue = new BoundedQueue<number>({ capacity: 3, name: 'between' })
    expect(named('between')).toMatchObject({ kind: 'queue', size: 0, capacity: 3, weight: null, waiting: 0, isClosed: false, users: [] })
    const filling = range(0).to(toQueue(queue)).run({ name: 'filling' })
    const reading = from(queue).pipe(map((n) => n)).to({ open: () => ({ write: () => new Promise<void>(() => {}), end() {} }) }).run({ name: 'reading' })
    await vi.waitFor(() => { expect(named('between')?.size).toBe(3) })
    const part = named('between')
    expect(JSON.parse(JSON.stringify(part))).toEqual(part)
    expect(part).toMatchObject({ size: 3, users: [{ run: 'filling', stage: 'toQueue', role: 'fills' }, { run: 'reading', stage: 'from', role: 'reads' }] })
    expect(graphOf(filling).nodes.at(-1)?.parts).toEqual([{ part: part?.id, role: 'fills' }])
    for (const run of [filling, reading]) {
      run.catch(() => {})
      await run.abort()
    }
    expect(named('between')?.users).toEqual([])
  })

  it('of topics, which are read by a subscription, and of limits', async () => {
    const topic = new Topic<number>({ capacity: 2, name: 'prices' })
    const limit = new Limit({ concurrency: 1, name: 'database' })
    const run = from(topic.subscribe()).pipe(mapAsync(async (n) => n, { concurrency: 2, limit })).to(drain()).run()
    expect(named('prices')).toMatchObject({ kind: 'topic', active: 1, users: [{ stage: 'from', role: 'reads' }] })
    expect(named('database')).toMatchObject({ kind: 'limit', size: null, concurrency: 1, active: 0, users: [{ stage: 'mapAsync', role: 'waits for' }] })
    topic.close()
    await run
  })

  it('not without a name, nor of what a stage makes for itself', async () => {
    const before = sharedParts().length
    const queue = new BoundedQueue<number>({ capacity: 3 })
    await from([1]).pipe(map((n) => { new BoundedQueue<number>({ capacity: n, name: 'inside' }); return n })).to(toQueue(queue)).run()
    expect(sharedParts()).toHaveLength(before)
  })
})
