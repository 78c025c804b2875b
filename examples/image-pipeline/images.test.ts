import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { imageJob, type Job, type JobOptions } from './job'
import { planMemory } from './memory'
import { readOptions, SIZES, UsageError } from './options'
import { drawPhotos } from './photos'
import { lost, report } from './report'
import { startServer, type PhotoServer, type ServerOptions } from './server'
import { retryUpload, UploadError, waitAsked } from './upload'

let folder: string
let photos: string
beforeAll(async () => {
  sharp.concurrency(1)
  sharp.cache(false)
  folder = await mkdtemp(join(tmpdir(), 'sluice-images-'))
  photos = join(folder, 'photos')
  await drawPhotos(photos, 6, { width: 480, height: 360 }).run()
})
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

const BYTES = 480 * 360 * 3
const sizes = [{ name: 'large', edge: 160 }, { name: 'medium', edge: 80 }, { name: 'small', edge: 40 }]
const files = ['large.avif', 'large.webp', 'medium.avif', 'medium.webp', 'small.avif', 'small.webp']

interface Given { readonly job: Job; readonly options: JobOptions; readonly server: PhotoServer; readonly out: string }

/** A job of its own with a server of its own, closed afterwards. */
async function withJob(use: (given: Given) => Promise<void>, changed: Partial<JobOptions> = {}, badDay: Partial<ServerOptions> = {}): Promise<void> {
  const out = await mkdtemp(join(folder, 'out-'))
  const server = await startServer({ folder: join(out, 'server'), unavailable: 0, retryAfterS: 0, slow: 0, slowMs: 5, seed: 1, ...badDay })
  const options: JobOptions = { input: photos, out, count: Infinity, workers: 4, uploads: 2, memory: 8 * BYTES + 100_000, sizes, formats: ['webp', 'avif'], quality: 70, tiles: 6, ...changed }
  try {
    await use({ job: imageJob(options, server.url), options, server, out })
  } finally {
    await server.close()
  }
}

it('every photo is on the server in three sizes and both formats, though the server has a bad day', async () => {
  await withJob(async ({ job, options, server, out }) => {
    const run = job.pipeline.run()
    expect(await run).toMatchObject({ tiles: 6, files: 36 })
    const kept = await readdir(join(out, 'server'))
    expect(kept).toEqual((await readdir(photos)).sort())
    for (const name of kept) {
      expect((await readdir(join(out, 'server', name))).sort()).toEqual(files)
      for (const { name: size, edge } of sizes) {
        expect(await sharp(join(out, 'server', name, `${size}.webp`)).metadata()).toMatchObject({ format: 'webp', width: edge, height: edge * 0.75 })
        expect(await sharp(join(out, 'server', name, `${size}.avif`)).metadata()).toMatchObject({ format: 'heif', compression: 'av1', width: edge, height: edge * 0.75 })
      }
    }
    expect(server.counts).toMatchObject({ stored: 36, doubled: 0 })
    // Every 503 was one more try of the same file.
    expect(server.counts.unavailable).toBeGreaterThan(3)
    expect(run.stats().stages.find(({ name }) => name === 'upload')).toMatchObject({ out: 36, retries: server.counts.unavailable, deadLettered: 0 })
    expect([lost(job, options, run.stats()), job.gauges.all.bytes]).toEqual([0, 0])
    expect((await readdir(out)).sort()).toEqual(['contact-sheet.png', 'server'])
    expect(report(job, options, run.stats(), server, true)).toMatch(/the bound held[\s\S]*Nothing lost\./)
  }, {}, { unavailable: 0.3, slow: 0.2 })
})

it('the watermark is in the lower right corner of a picture', async () => {
  const plain = join(await mkdtemp(join(folder, 'plain-')), 'x')
  await mkdir(plain)
  await sharp({ create: { width: 400, height: 300, channels: 3, background: '#204060' } }).png().toFile(join(plain, 'plain.png'))
  await withJob(async ({ job, out }) => {
    await job.pipeline.run()
    const brightest = async (left: number, top: number): Promise<number> => {
      const corner = await sharp(join(out, 'server', 'plain.png', 'large.webp')).extract({ left, top, width: 20, height: 20 }).toBuffer()
      return Math.max(...(await sharp(corner).stats()).channels.map(({ max }) => max))
    }
    expect(await brightest(0, 0)).toBeLessThan(110)
    expect(await brightest(140, 100)).toBeGreaterThan(180)
  }, { input: plain })
})

it('a photo that is broken or too large goes to the dead letters with its name and reason, and the rest goes on', async () => {
  const mixed = await mkdtemp(join(folder, 'mixed-'))
  const [first = '', second = ''] = (await readdir(photos)).sort()
  await writeFile(join(mixed, 'a.jpg'), await readFile(join(photos, first)))
  await writeFile(join(mixed, 'b-half.jpg'), (await readFile(join(photos, second))).subarray(0, 9000))
  await writeFile(join(mixed, 'c-text.jpg'), 'this is no photo')
  await sharp({ create: { width: 800, height: 600, channels: 3, background: 'red' } }).png().toFile(join(mixed, 'd-large.png'))
  await sharp(await readFile(join(photos, second))).greyscale().tiff().toFile(join(mixed, 'e.tif'))
  await writeFile(join(mixed, 'notes.txt'), 'not looked at')
  await withJob(async ({ job, options, out }) => {
    const run = job.pipeline.run()
    await run
    expect((await readdir(join(out, 'server'))).sort()).toEqual(['a.jpg', 'e.tif'])
    const letters = (await readFile(job.deadLetters, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { name: string; stage: string; reason: string })
    expect(letters.map(({ name, stage, reason }) => [name, stage, reason])).toEqual([
      ['b-half.jpg', 'decode', expect.stringMatching(/^its pixels cannot be read: /)],
      ['c-text.jpg', 'decode', expect.stringMatching(/^no photo: .*unsupported image format/)],
      ['d-large.png', 'decode', expect.stringMatching(/800 × 600 pixels take 1440000 bytes, the memory bound leaves \d+ for a photo/)],
    ])
    expect([job.tally.photos, lost(job, options, run.stats()), job.gauges.all.bytes]).toEqual([2, 0, 0])
    expect(report(job, options, run.stats(), { counts: { stored: 12, doubled: 0, unavailable: 0, slow: 0, bytes: 0 } }, true)).toContain('  c-text.jpg (decode): ')
  }, { input: mixed })
})

it('a file that the server never takes is a dead letter after its tries, and only that file', async () => {
  const refusing = createServer((request, response) => {
    request.resume()
    response.writeHead(request.url?.endsWith('/medium.avif') === true ? 403 : 201).end()
  })
  await new Promise<void>((resolve) => { refusing.listen(0, '127.0.0.1', resolve) })
  await withJob(async ({ options }) => {
    const job = imageJob(options, `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/`)
    const run = job.pipeline.run()
    expect(await run).toMatchObject({ files: 30 })
    expect(job.tally.dead.map(({ stage, reason, attempt }) => [stage, reason, attempt])).toEqual(Array(6).fill(['upload', 'HTTP 403', 1]))
    expect([lost(job, options, run.stats()), job.gauges.all.bytes]).toEqual([0, 0])
  })
  refusing.closeAllConnections()
  refusing.close()
})

it('what is held stays within the bound while the pixels of the input are 100 times as much', async () => {
  await withJob(async ({ job, options, server }) => {
    const run = job.pipeline.run()
    await run
    const { gauges, plan, tally } = job
    expect(tally.pixels / plan.bound).toBeGreaterThanOrEqual(100)
    expect(gauges.all.peak).toBeLessThanOrEqual(plan.bound)
    expect(gauges.decoding.peak).toBeLessThanOrEqual(plan.photo)
    expect(gauges.photos.peak).toBeLessThanOrEqual(plan.photos + plan.photo)
    expect(gauges.rendering.peak).toBeLessThanOrEqual(options.workers * plan.photo)
    // It was made use of: two photos of different workers at least, and one waiting.
    expect(gauges.all.peak).toBeGreaterThan(3 * BYTES)
    expect([tally.photos, server.counts.stored, server.counts.doubled, gauges.all.bytes]).toEqual([850, 2550, 0, 0])
  }, { count: 850, formats: ['webp'], quality: 40 }, { slow: 0.02 })
}, 60_000)

it('photos of 12 megapixels go through with the bound that is the default', async () => {
  const large = join(folder, 'large')
  await drawPhotos(large, 3, { width: 4000, height: 3000 }).run()
  await withJob(async ({ job, options, server }) => {
    const run = job.pipeline.run()
    await run
    expect([job.tally.pixels, server.counts.stored, lost(job, options, run.stats())]).toEqual([3 * 36e6, 18, 0])
    expect(job.gauges.all.peak).toBeGreaterThanOrEqual(36e6)
    expect(job.gauges.all.peak).toBeLessThanOrEqual(job.plan.bound)
  }, { input: large, memory: 288 * 2 ** 20, sizes: SIZES })
}, 20_000)

it('an aborted run leaves no half-written file and no contact sheet', async () => {
  await withJob(async ({ job, server, out }) => {
    const run = job.pipeline.run()
    const outcome = run.then(() => 'completed', (error: unknown) => error)
    // Both uploads hang, so the queues behind them are full.
    while (server.counts.slow < 2 || job.gauges.files.bytes === 0) await new Promise((resolve) => { setImmediate(resolve) })
    const gone = new Error('enough')
    await run.abort(gone)
    expect(await outcome).toBe(gone)
    await server.close()
    expect([await readdir(out), run.unstopped]).toEqual([[], []])
  }, { count: 500 }, { slow: 1, slowMs: 30_000 })
})

it('drawing that is aborted leaves whole photos only', async () => {
  const drawn = join(folder, 'drawn')
  const run = drawPhotos(drawn, 500, { width: 800, height: 600 }).run()
  const outcome = run.then(() => 'completed', (error: unknown) => error)
  while ((await readdir(drawn).catch(() => [])).length < 3) await new Promise((resolve) => { setImmediate(resolve) })
  const gone = new Error('enough')
  await run.abort(gone)
  expect(await outcome).toBe(gone)
  const names = await readdir(drawn)
  expect(names.filter((name) => !name.endsWith('.jpg'))).toEqual([])
  for (const name of names) expect(await sharp(join(drawn, name)).stats()).toBeDefined()
})

it('photos are drawn once, and the same ones each time', async () => {
  const size = { width: 120, height: 90 }
  const [one, other] = [join(folder, 'one'), join(folder, 'other')]
  expect([await drawPhotos(one, 4, size).run(), await drawPhotos(one, 5, size).run(), await drawPhotos(other, 5, size).run()]).toEqual([4, 1, 5])
  const names = await readdir(one)
  const all = await Promise.all(names.map(async (name) => [await readFile(join(one, name)), await readFile(join(other, name))] as const))
  expect(all.every(([a, b]) => a.equals(b))).toBe(true)
  expect(new Set(all.map(([a]) => a.toString('base64'))).size).toBe(5)
})

it('an upload waits as long as the server asks, and not at all for what will not change', () => {
  const decide = retryUpload({ times: 2, delayMs: 50, then: () => 'skip' })
  const on = (status: number, retryAfterMs: number, attempt: number) => decide(new UploadError('', status, retryAfterMs), {} as never, attempt, () => 0)
  expect([on(503, 0, 1), on(503, 0, 2), on(503, 2000, 1), on(429, 10, 1), on(404, 0, 1), on(503, 0, 3)]).toEqual(
    [{ retryAfterMs: 50 }, { retryAfterMs: 100 }, { retryAfterMs: 2000 }, { retryAfterMs: 50 }, 'skip', 'skip'])
  expect(decide(new TypeError('fetch failed'), {} as never, 1, () => 0)).toEqual({ retryAfterMs: 50 })
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(['3', 'Thu, 01 Jan 2026 00:00:02 GMT', 'Wed, 31 Dec 2025 00:00:00 GMT', 'soon', null].map((header) => waitAsked(header, now))).toEqual([3000, 2000, 0, 0, 0])
})

it('the parts of the memory plan are never more than the whole', () => {
  for (const workers of [1, 4, 16]) {
    const { bound, photo, photos: queue, files: encoded } = planMemory(288 * 2 ** 20, workers)
    expect(photo * (workers + 2) + queue + 2 * encoded).toBeLessThanOrEqual(bound)
  }
})

it.each([
  [['--count', '0'], '--count: expected a whole number above 0, got "0"'], [['--in', '/no/such'], '--in: no such folder: /no/such'],
  [['--formats', 'webp,gif'], '--formats: expected one or more of webp,avif'], [['--quality', '101'], 'at most 100'], [['--fast'], "Unknown option '--fast'"],
])('%j is refused with a line that says what is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError)
  expect(() => readOptions(args)).toThrow(message)
})
