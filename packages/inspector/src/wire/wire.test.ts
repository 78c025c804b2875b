import { expect, it } from 'vitest'
import { drain, from, type RunStats } from '@sluice/core'
import { RunDecoder } from './decoder'
import { RunEncoder } from './encoder'

const NONE = { at: [] }

async function statsOf(name = 'from'): Promise<RunStats> {
  const run = from([1, 2, 3], { name }).to(drain()).run({ name: 'r' })
  await run
  return JSON.parse(JSON.stringify(run.stats())) as RunStats
}

/** Over a line of JSON, as frames go. */
const sent = <F>(frame: F): F => JSON.parse(JSON.stringify(frame)) as F

it('puts together what was taken apart, through any change of the figures', async () => {
  const first = await statsOf()
  const encoder = new RunEncoder(1)
  const decoder = new RunDecoder()
  decoder.full(sent(encoder.full(first, NONE)))
  expect(decoder.stats).toEqual(first)
  const [source, sink] = first.stages as [RunStats['stages'][0], RunStats['stages'][0]]
  const calls = { started: 1, settled: 0, inFlight: 1, concurrency: null, inFlightMs: 3, peakInFlight: 1, atBoundMs: 0, serviceMs: null, oldestMs: 3 }
  const serviceMs = { count: 1, mean: 3, p50: 3, p95: 3, p99: 3, max: 3, min: 3, growth: null }
  const changes: RunStats[] = [
    { ...first, status: 'paused', stages: [{ ...source, out: 7, calls }, sink] },
    { ...first, stages: [{ ...source, calls: { ...calls, serviceMs } }, sink] },
    { ...first, stages: [{ ...source, calls: null }, { ...sink, causes: { limited: { __proto__x: 1 }, blocked: {}, calling: {} } }] },
    first,
  ]
  for (const stats of changes) {
    const frame = encoder.delta(stats)
    expect(frame && decoder.delta(sent(frame))).toBe(true)
    expect(decoder.stats).toEqual(stats)
  }
  expect(encoder.delta(first)).toBeUndefined()
})

it('a delta holds what has changed and no more', async () => {
  const stats = await statsOf()
  const encoder = new RunEncoder(1)
  encoder.full(stats, NONE)
  const [source, ...others] = stats.stages as [RunStats['stages'][0]]
  const frame = encoder.delta({ ...stats, stages: [{ ...source, out: 9 }, ...others] })
  expect(frame?.rows).toEqual([[0, expect.any(Number), 9]])
})

it('tells that a frame is missing, and that the stages are others', async () => {
  const stats = await statsOf()
  const encoder = new RunEncoder(1)
  const decoder = new RunDecoder()
  expect(encoder.isAnother(stats)).toBe(true)
  decoder.full(encoder.full(stats, NONE))
  encoder.delta({ ...stats, elapsedMs: 1e6 })
  expect(decoder.delta(encoder.delta({ ...stats, elapsedMs: 2e6 })!)).toBe(false)
  expect(encoder.isAnother(stats)).toBe(false)
  expect(encoder.isAnother(await statsOf('another'))).toBe(true)
})

it('a frame from anywhere reaches no prototype', async () => {
  const decoder = new RunDecoder()
  decoder.full({ t: 'full', run: 1, n: 1, stats: await statsOf(), paths: ['__proto__.polluted', 'constructor.prototype.polluted', '__proto__', 'time.__proto__'], history: NONE })
  decoder.delta({ t: 'delta', run: 1, n: 2, rows: [[0, 0, true, 1, true, 2, { polluted: true }, 3, { polluted: true }]] })
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  expect((decoder.stats?.stages[0] as { polluted?: boolean }).polluted).toBeUndefined()
})
