import { connect } from 'node:net'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { drain, forEach, from, Limit, type Run } from '@sluice/core'
import { buffer, map, mapAsync, throttle } from '@sluice/operators'
import { schemaProblems } from '../../../../test/stats-schema'
import { framesOf, ask } from '../../test/http'
import { readRecording } from '../recording/read-recording'
import { readRuns } from '../terminal/watch/read-runs'
import { RunDecoder } from '../wire/decoder'
import type { Frame } from '../wire/frames'
import { inspect } from './inspect'

async function* endless(): AsyncGenerator<number> {
  for (let i = 0; ; i++) {
    if (i % 10 === 0) await sleep(1)
    yield i
  }
}

const work = (name: string): Run<unknown> => {
  const run = from(endless()).pipe(map((n) => n + 1), mapAsync(async (n) => n, { concurrency: 4, name: 'work' })).to(drain()).run({ name })
  run.catch(() => {})
  return run
}

/** Frames until one is found. */
async function until<F>(frames: AsyncGenerator<Record<string, unknown>>, found: (frame: Frame) => F | undefined): Promise<F> {
  for await (const frame of frames) {
    const answer = found(frame as unknown as Frame)
    if (answer !== undefined) return answer
  }
  throw new Error('the stream ended')
}

it('greets, lists all runs that began after it, and follows the one that is shown', { timeout: 20_000 }, async () => {
  await using page = await inspect()
  const run = work('orders')
  const decoder = new RunDecoder()
  let hello: Frame | undefined
  const frames = framesOf(page.url, '/stream?run=1')
  const sizes: number[] = []
  await until(frames, (frame) => {
    if (frame.t === 'hello') hello = frame
    if (frame.t === 'full') decoder.full(frame)
    if (frame.t === 'delta') {
      expect(decoder.delta(frame)).toBe(true)
      sizes.push(decoder.stats?.stages.at(-1)?.out ?? 0)
    }
    return sizes.length >= 5 ? true : undefined
  })
  expect(hello).toMatchObject({ t: 'hello', v: 1, pid: process.pid, controls: true })
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
  expect(sizes.at(-1)).toBeGreaterThan(sizes[0]!)
  const listed = await until(framesOf(page.url, '/stream'), (frame) => (frame.t === 'runs' && frame.runs[0] && frame.runs[0].rate > 0 ? frame.runs[0] : undefined))
  expect(listed).toMatchObject({ id: 1, name: 'orders', status: 'running', failure: null })
  await run.abort()
})

it('shows runs that have ended and how they failed, with secrets masked, and swallows no rejection of theirs', { timeout: 20_000 }, async () => {
  await using page = await inspect({ redact: (item) => ({ ...(item as object), iban: 'hidden' }) })
  const run = from([{ id: 7, password: 'x', iban: 'DE1' }]).pipe(map(() => { throw new Error('no: Bearer abcdefgh1234') }, { name: 'bad' })).to(drain()).run({ name: 'fails' })
  await expect(run).rejects.toThrow('no')
  const failed = await until(framesOf(page.url, '/stream'), (frame) => (frame.t === 'runs' ? frame.runs[0] : undefined))
  expect(failed).toMatchObject({ status: 'failed', failure: { stage: 'bad', attempt: 1, error: 'Error: no: Bearer •••', item: '{"id":7,"password":"•••","iban":"hidden"}' } })
})

it('adjusts limits that it was given', { timeout: 20_000 }, async () => {
  const limit = new Limit({ concurrency: 2, rate: 10, name: 'db' })
  await using page = await inspect({ limits: [limit] })
  const post = (body: object) => ask(page.port, '/control', { method: 'POST', headers: { authorization: `Bearer ${page.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect((await post({ action: 'limit', limit: 'db', concurrency: 5, perSecond: 50 })).status).toBe(200)
  expect([limit.concurrency, limit.rate?.count]).toEqual([5, 50])
  const refused = await post({ action: 'limit', limit: 'db', concurrency: -1 })
  expect([refused.status, refused.body]).toEqual([422, expect.stringContaining('concurrency')])
  // Both are adjusted, or none.
  expect((await post({ action: 'limit', limit: 'db', concurrency: 9, perSecond: -1 })).status).toBe(422)
  expect([limit.concurrency, limit.rate?.count]).toEqual([5, 50])
  expect((await post({ action: 'limit', limit: 'other', concurrency: 5 })).status).toBe(404)
  const seen = await until(framesOf(page.url, '/stream'), (frame) => (frame.t === 'event' ? frame : undefined))
  expect(seen.text).toBe('limit db: concurrency 2 → 5, rate 10/s → 50/s')
})

it('changes the concurrency and the rate of stages that allow it, and says why where they do not', { timeout: 20_000 }, async () => {
  await using page = await inspect()
  const run = from(endless()).pipe(throttle({ rate: 100, name: 'pace' }), mapAsync(async (n) => n, { concurrency: 4, name: 'work' })).to(drain()).run({ name: 'steered' })
  run.catch(() => {})
  const post = (body: object) => ask(page.port, '/control', { method: 'POST', headers: { authorization: `Bearer ${page.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const adjustable = (id: string) => run.stats().stages.find((stage) => stage.id === id)?.adjustable
  expect(await post({ run: 1, action: 'concurrency', stage: 'work', value: 9 })).toMatchObject({ status: 200, body: '{"says":"steered: concurrency of work 4 → 9"}' })
  expect(await post({ run: 1, action: 'rate', stage: 'pace', value: 500 })).toMatchObject({ status: 200, body: '{"says":"steered: rate of pace 100/s → 500/s"}' })
  expect([adjustable('work')?.concurrency, adjustable('pace')?.rate?.count]).toEqual([9, 500])
  for (const wrong of [{ stage: 'work', value: 0 }, { stage: 'pace', value: 3 }, { stage: 'nothing', value: 3 }]) {
    expect(await post({ run: 1, action: 'concurrency', ...wrong })).toMatchObject({ status: 422, body: expect.stringContaining('setConcurrency: ') })
  }
  const short = from([1]).pipe(mapAsync(async (n) => n, { concurrency: 4, name: 'work' }), buffer(4)).to(forEach((_n, { signal }) => new Promise((done) => { signal.addEventListener('abort', done) }))).run({ name: 'short' })
  short.catch(() => {})
  await expect.poll(() => short.stats().stages.find(({ id }) => id === 'work')?.ended).toBe(true)
  expect(await post({ run: 2, action: 'concurrency', stage: 'work', value: 9 })).toMatchObject({ status: 409, body: '{"says":"the stage has ended"}' })
  await short.abort()
  await using still = await inspect(run, { controls: false })
  expect((await ask(still.port, '/control', { method: 'POST', headers: { authorization: `Bearer ${still.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ run: 1, action: 'concurrency', stage: 'work', value: 2 }) })).status).toBe(403)
  await run.abort()
})

it('a viewer that takes nothing is cut off, and holds nothing back', { timeout: 30_000 }, async () => {
  // Names of 2 KB, so that what is not taken amounts to something.
  const wide = Array.from({ length: 40 }, (_, i) => map((n: number) => n + 1, { name: `${i}${'x'.repeat(20_000)}` }))
  let source = from(endless())
  for (const step of wide) source = source.pipe(step)
  const run = source.to(drain()).run({ name: 'wide' })
  run.catch(() => {})
  await using page = await inspect(run)
  const socket = connect(page.port, '127.0.0.1')
  socket.write(`GET /stream?run=1 HTTP/1.1\r\nHost: 127.0.0.1:${page.port}\r\nAuthorization: Bearer ${page.token}\r\n\r\n`)
  socket.pause()
  socket.on('error', () => {})
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  // Another one, that reads, is served all the time.
  const deltas = await until(framesOf(page.url, '/stream?run=1'), ((count) => (frame: Frame) => (frame.t === 'delta' && ++count > 30 ? count : undefined))(0))
  expect(deltas).toBeGreaterThan(30)
  await sleep(4000)
  expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
  let gone = false
  socket.on('close', () => { gone = true })
  socket.resume()
  await expect.poll(() => gone, { timeout: 5000 }).toBe(true)
  await run.abort()
})

it('records what the page shows, readable when it is cut off', { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'))
  const file = join(folder, 'run.sluice.gz')
  const page = await inspect({ record: file })
  const run = work('recorded')
  await sleep(2500)
  await run.abort()
  await page.close()
  const frames: Frame[] = []
  for await (const frame of readRecording(file)) frames.push(frame)
  const decoder = new RunDecoder()
  for (const frame of frames) {
    if (frame.t === 'full') decoder.full(frame)
    if (frame.t === 'delta') expect(decoder.delta(frame)).toBe(true)
    if (decoder.stats) expect(schemaProblems(decoder.stats)).toEqual([])
  }
  expect(frames[0]?.t).toBe('hello')
  expect(decoder.stats).toMatchObject({ name: 'recorded', status: 'aborted' })
  expect((await readRuns(file)).isWhole).toBe(true)
  const bytes = await readFile(file)
  await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * 0.7)))
  const whole: Frame[] = []
  for await (const frame of readRecording(file)) whole.push(frame)
  expect((await readRuns(file)).isWhole).toBe(false)
  expect(whole.length).toBeGreaterThan(1)
  expect(whole).toEqual(frames.slice(0, whole.length))
  await writeFile(file, 'something else')
  await expect(readRecording(file).next()).rejects.toThrow('is no recording')
  await expect(readRecording(join(folder, 'nothing')).next()).rejects.toThrow('ENOENT')
  await rm(folder, { recursive: true })
})

it('ten thousand short runs cost a list of those that are shown', { timeout: 30_000 }, async () => {
  await using page = await inspect()
  for (let i = 0; i < 10_000; i++) await from([1]).to(forEach(() => {})).run({ name: 'short' })
  const list = await until(framesOf(page.url, '/stream'), (frame) => (frame.t === 'runs' ? frame.runs : undefined))
  expect(list.length).toBeLessThanOrEqual(120)
  await expect.poll(async () => (await until(framesOf(page.url, '/stream'), (frame) => (frame.t === 'runs' ? frame.runs : undefined))).length, { timeout: 5000 }).toBe(20)
})
