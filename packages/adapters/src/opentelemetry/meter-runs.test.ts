import { afterEach, describe, expect, it } from 'vitest'
import { BoundedQueue, drain, forEach, from, type Run, toArray } from '@sluice/core'
import { filter, map, mapAsync, mergeMap } from '@sluice/operators'
import { meterRuns, type MeterRunsOptions } from '@sluice/adapters/opentelemetry'
import { collecting, valueOf } from '../../test/collected'

const ends: (() => unknown)[] = []
afterEach(async () => { for (const end of ends.splice(0)) await end() })

function metering(options: Omit<MeterRunsOptions, 'meter'> = {}) {
  const { meter, collect, shutdown } = collecting()
  const end = meterRuns({ meter, ...options })
  ends.push(end, shutdown)
  return { collect, end }
}

describe('A30: what OpenTelemetry is told of runs', () => {
  it('has the figures of run.stats() for the run and each of its stages', async () => {
    const { collect } = metering()
    const run = from([1, 2, 3, 4]).pipe(filter((n) => n > 1), mapAsync(async (n) => n, { concurrency: 2 })).to(toArray()).run({ name: 'orders' })
    await run
    const points = await collect()
    expect(valueOf(points, 'sluice.run.read', { 'sluice.run': 'orders' })).toBe(4)
    expect(valueOf(points, 'sluice.run.values', { 'sluice.run': 'orders', 'sluice.fate': 'delivered' })).toBe(3)
    expect(valueOf(points, 'sluice.run.values', { 'sluice.run': 'orders', 'sluice.fate': 'absorbed' })).toBe(1)
    expect(valueOf(points, 'sluice.call.settled', { 'sluice.run': 'orders', 'sluice.stage': 'mapAsync' })).toBe(3)
    for (const stage of run.stats().stages) {
      const told = { 'sluice.run': 'orders', 'sluice.stage': stage.id, 'sluice.stage.kind': stage.kind }
      expect(valueOf(points, 'sluice.stage.in', told)).toBe(stage.in)
      expect(valueOf(points, 'sluice.stage.out', told)).toBe(stage.out)
      expect(valueOf(points, 'sluice.stage.errors', told)).toBe(stage.errors)
    }
  })

  it('is read when somebody collects, and shows what is under way: values in flight, what a joint holds, the status', async () => {
    const { collect } = metering()
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const run = from(queue).pipe(mapAsync(() => new Promise<number>(() => {}), { concurrency: 2 })).to(drain()).run({ name: 'live' })
    for (let i = 0; i < 5; i++) await queue.put(i)
    while (run.stats().totals.inFlight < 2) await new Promise((resolve) => { setTimeout(resolve, 1) })
    const points = await collect()
    expect(valueOf(points, 'sluice.run.active', { 'sluice.run': 'live', 'sluice.status': 'running' })).toBe(1)
    expect(valueOf(points, 'sluice.run.in_flight', { 'sluice.run': 'live' })).toBe(2)
    expect(valueOf(points, 'sluice.joint.size', { 'sluice.run': 'live', 'sluice.stage': 'mapAsync' })).toBe(2)
    expect(valueOf(points, 'sluice.joint.size', { 'sluice.run': 'live', 'sluice.stage': 'from' })).toBe(3)
    run.pause()
    expect(valueOf(await collect(), 'sluice.run.active', { 'sluice.run': 'live', 'sluice.status': 'paused' })).toBe(1)
    await run.abort()
    const after = await collect()
    for (const status of ['running', 'paused']) expect(valueOf(after, 'sluice.run.active', { 'sluice.run': 'live', 'sluice.status': status })).toBe(0)
    expect(valueOf(after, 'sluice.joint.size', { 'sluice.run': 'live', 'sluice.stage': 'mapAsync' })).toBe(0)
    expect(valueOf(after, 'sluice.run.values', { 'sluice.run': 'live', 'sluice.fate': 'abandoned' })).toBe(2)
  })

  it('adds up runs of one name, ended ones too, so that nothing is lost between two collections and no counter goes down', async () => {
    const { collect } = metering()
    const job = () => from([1, 2, 3]).to(drain()).run({ name: 'job' })
    const out = async () => valueOf(await collect(), 'sluice.stage.out', { 'sluice.run': 'job', 'sluice.stage': 'drain' })
    await job()
    await job()
    expect(await out()).toBe(6)
    const slow = from([1, 2]).pipe(map((n) => n)).to(forEach(() => new Promise<void>((resolve) => { setTimeout(resolve, 5) }))).run({ name: 'job' })
    await job()
    expect(await out()).toBe(9)
    await slow
    expect(valueOf(await collect(), 'sluice.run.read', { 'sluice.run': 'job' })).toBe(11)
  })

  it('collapses inner stages under their name: how many are open, and none that is numbered', async () => {
    const { collect } = metering()
    const forever = () => from(new Promise<number>(() => {}))
    const run = from([1, 2, 3]).pipe(mergeMap(() => forever().pipe(map((n) => n, { name: 'inner' })), { concurrency: 3 })).to(drain()).run({ name: 'nested' })
    while (run.stats().stages.filter(({ name }) => name === 'inner').length < 3) await new Promise((resolve) => { setTimeout(resolve, 1) })
    const points = await collect()
    expect(valueOf(points, 'sluice.stage.open', { 'sluice.run': 'nested', 'sluice.stage': 'inner' })).toBe(3)
    expect(points.filter(({ attributes }) => String(attributes['sluice.stage']).includes('#'))).toEqual([])
    await run.abort()
  })

  it('has a bounded number of series: what comes later is told in one', async () => {
    const { collect } = metering({ maxSeries: 6 })
    for (let i = 0; i < 50; i++) await from([i]).to(drain()).run({ name: `job-${i}` })
    const points = await collect()
    expect(new Set(points.map(({ attributes }) => attributes['sluice.run'])).size).toBe(3)
    expect(valueOf(points, 'sluice.run.read', { 'otel.metric.overflow': true })).toBe(48)
  })

  it('tells runs under the name that runName answers, with the attributes that were given', async () => {
    const { collect } = metering({ runName: (run: Run<unknown>) => run.name.replace(/-\d+$/, ''), attributes: { tenant: 'a' } })
    for (let i = 0; i < 5; i++) await from([i]).to(drain()).run({ name: `job-${i}` })
    expect(valueOf(await collect(), 'sluice.run.read', { 'sluice.run': 'job', 'tenant': 'a' })).toBe(5)
  })

  it('of one run alone where one is given', async () => {
    const { meter, collect, shutdown } = collecting()
    ends.push(shutdown)
    const run = from([1, 2]).to(drain()).run({ name: 'mine' })
    ends.push(meterRuns({ meter, run }))
    await from([1]).to(drain()).run({ name: 'other' })
    await run
    const points = await collect()
    expect(new Set(points.map(({ attributes }) => attributes['sluice.run']))).toEqual(new Set(['mine']))
  })

  it('tells of no run that begins after the end of the watch', async () => {
    const { collect, end } = metering()
    await from([1, 2]).to(drain()).run({ name: 'before' })
    end()
    end()
    await from([1]).to(drain()).run({ name: 'after' })
    expect((await collect()).filter(({ attributes }) => attributes['sluice.run'] === 'after')).toEqual([])
  })

  it('every metric has a unit of UCUM, and times are in seconds', async () => {
    const { collect } = metering()
    await from([1]).pipe(mapAsync(async (n) => n, { concurrency: 1 })).to(drain()).run()
    for (const { metric, unit } of await collect()) {
      expect(unit, metric).toMatch(/^(s|1|\{[a-z]+\})$/)
      expect(unit === 's', metric).toBe(/(_time|\.time|_age|duration)$/.test(metric))
    }
  })
})
