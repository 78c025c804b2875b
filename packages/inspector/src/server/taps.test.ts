import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deadLetter, drain, forEach, from, retry, type Run } from '@sluice/core'
import { map, mergeMap } from '@sluice/operators'
import { ask, framesOf } from '../../test/http'
import { readRecording } from '../recording/read-recording'
import type { FailuresFrame, TapFrame } from '../wire/frames'
import { inspect, type Inspector } from './inspect'

const EVIL = '<img src=x onerror="window.hacked=1">'
let page: Inspector
let run: Run<unknown>
let passed = 0

async function* orders(): AsyncGenerator<{ id: number; password: string; iban: string; note: string }> {
  for (let id = 0; ; id++) {
    if (id % 100 === 0) await sleep(1)
    yield { id, password: 'p', iban: 'DE1', note: EVIL }
  }
}

beforeAll(async () => {
  page = await inspect({ redact: (item) => ({ ...(item as object), iban: 'hidden' }) })
  run = from(orders(), { name: 'orders' }).pipe(
    mergeMap((order) => [order], { concurrency: 1, name: 'inner' }),
    map((order) => { passed++; return order }, { name: 'parse' }),
    map((order) => { if (order.id % 7 === 0) throw new Error(`no: ${EVIL}`); return order }, { name: 'check', onError: deadLetter(forEach(() => {})) }),
  ).to(drain({ name: 'table' })).run({ name: 'tapped' })
  run.catch(() => {})
})
afterAll(async () => {
  await page.close()
  await run.abort()
})

/** The next line of a kind. */
async function next<F>(path: string, kind: string): Promise<F> {
  const gone = new AbortController()
  try {
    for await (const frame of framesOf(page.url, path, gone.signal)) if (frame['t'] === kind) return frame as F
  } finally {
    gone.abort()
  }
  throw new Error('the stream ended')
}

it('shows values as bounded text, redacted, with how many passed unseen', { timeout: 20_000 }, async () => {
  const { values, unseen, stage } = await next<TapFrame>('/tap?run=1&stage=parse', 'tap')
  expect(stage).toBe('parse')
  expect(values.length).toBeGreaterThan(0)
  expect(values.length).toBeLessThanOrEqual(20)
  expect(JSON.parse(values[0]!)).toMatchObject({ password: '•••', iban: 'hidden', note: EVIL })
  expect(unseen).toBeGreaterThanOrEqual(0)
})

it('taps a stage while somebody asks, and no longer; a viewer that takes nothing holds nothing up', { timeout: 20_000 }, async () => {
  const gone = new AbortController()
  const frames = framesOf(page.url, '/tap?run=1&stage=parse', gone.signal)
  await frames.next()
  // Seven more, none of which is read.
  const sockets = Array.from({ length: 7 }, () => {
    const socket = connect(page.port, '127.0.0.1')
    socket.write(`GET /tap?run=1&stage=parse HTTP/1.1\r\nHost: 127.0.0.1:${page.port}\r\nAuthorization: Bearer ${page.token}\r\n\r\n`)
    return socket.pause().on('error', () => {})
  })
  const another = (): Promise<number> => ask(page.port, '/tap?run=1&stage=none', { headers: { authorization: `Bearer ${page.token}` } }).then(({ status }) => status)
  await expect.poll(another).toBe(503)
  const before = passed
  await sleep(1000)
  expect(passed - before).toBeGreaterThan(100)
  gone.abort()
  await frames.return(undefined).catch(() => {})
  for (const socket of sockets) socket.destroy()
  // With those who looked their taps have ended.
  await expect.poll(another).toBe(404)
})

it('says why there is nothing to see: no such run, no such stage, one of many inner ones, switched off', { timeout: 20_000 }, async () => {
  const get = (at: Inspector, path: string) => ask(at.port, path, { headers: { authorization: `Bearer ${at.token}` } })
  expect((await get(page, '/tap?run=99&stage=parse')).status).toBe(404)
  expect((await get(page, '/tap?run=1')).status).toBe(404)
  expect((await get(page, `/tap?run=1&stage=${encodeURIComponent('from (inner, source 0)')}`)).body).toContain('no stage of its own')
  await using off = await inspect(run, { taps: false, controls: false })
  expect(await get(off, '/tap?run=1&stage=parse')).toMatchObject({ status: 403, body: '{"says":"values are not shown"}' })
  await using still = await inspect(run, { controls: false })
  expect(await next<TapFrame>('/tap?run=1&stage=parse', 'tap')).toMatchObject({ t: 'tap' })
  await still.close()
})

it('lists the last items that failed, with place, error, item and attempt, to whoever comes later too', { timeout: 20_000 }, async () => {
  await expect.poll(() => run.stats().stages.find(({ name }) => name === 'check')?.deadLettered ?? 0, { timeout: 10_000 }).toBeGreaterThan(60)
  const { failures, unseen } = await next<FailuresFrame>('/stream?run=1', 'failures')
  expect(failures.length).toBe(50)
  expect(unseen).toBeGreaterThanOrEqual(0)
  expect(failures.at(-1)).toMatchObject({ stage: 'check', fate: 'deadLettered', attempt: 1, retryAfterMs: null, error: `Error: no: ${EVIL}`, site: expect.stringContaining('taps.test.ts') })
  expect(JSON.parse(failures.at(-1)!.item!)).toMatchObject({ password: '•••', iban: 'hidden' })
  expect(new Set(failures.map(({ n }) => n)).size).toBe(failures.length)
})

it('tries of an item push no lost item out of the list, and all that is listed is recorded', { timeout: 20_000 }, async () => {
  const file = join(tmpdir(), `sluice-failures-${process.pid}.gz`)
  await using own = await inspect({ record: file })
  const retried = from([1, 2]).pipe(map((n: number) => { if (n === 1) throw new Error('first'); throw new Error('again') }, { onError: retry({ times: 70, delayMs: 0, then: 'skip' }) })).to(drain()).run({ name: 'retried' })
  await retried
  const gone = new AbortController()
  for await (const frame of framesOf(own.url, '/stream?run=1', gone.signal)) {
    if (frame['t'] !== 'failures') continue
    const { failures, unseen } = frame as unknown as FailuresFrame
    expect(failures.filter(({ fate }) => fate === 'skipped').map(({ item, attempt }) => [item, attempt])).toEqual([['1', 71], ['2', 71]])
    expect(failures.filter(({ fate }) => fate === 'retried').length).toBe(10)
    expect(unseen).toBeGreaterThan(0)
    break
  }
  gone.abort()
  await own.close()
  const recorded: string[] = []
  for await (const frame of readRecording(file)) if (frame.t === 'failures') recorded.push(...frame.failures.map(({ fate }) => fate))
  await rm(file)
  expect(recorded.filter((fate) => fate === 'skipped')).toHaveLength(2)
})
