import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { count, from, OptionError, toArray } from '@sluice/core'
import { DecompressionError, readBytes, readLines } from '@sluice/adapters/files'
import { map, take } from '@sluice/operators'
import { manualSink, manualSource, settle } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})

const BOOM = new Error('boom')
const textOf = async (path: string, options: Parameters<typeof readBytes>[1]) =>
  (await readBytes(path, options).to(toArray()).run()).map((piece) => Buffer.from(piece).toString())

it('A1: pieces have the size that was asked for, and start and end count like those of createReadStream', async () => {
  const path = at.path('a')
  writeFileSync(path, '0123456789')
  expect(await textOf(path, { chunkSize: 4 })).toEqual(['0123', '4567', '89'])
  expect(await textOf(path, { chunkSize: 4, start: 3 })).toEqual(['3456', '789'])
  expect(await textOf(path, { chunkSize: 4, start: 3, end: 7 })).toEqual(['3456', '7'])
  expect(await textOf(path, { end: 0 })).toEqual(['0'])
  expect(await textOf(path, { start: 8, end: 100 })).toEqual(['89'])
  expect(await textOf(path, { start: 100 })).toEqual([])
  expect(await textOf(path, { start: 5, end: 4 })).toEqual([])
})

it('A2: behind a stopped reader nothing is read ahead', async () => {
  const path = at.path('a')
  writeFileSync(path, 'x'.repeat(100))
  const reader = manualSink<Uint8Array>()
  const run = readBytes(path, { chunkSize: 10 }).to(reader.sink).run()
  reader.request(3)
  while (reader.values.length < 3) await settle(1)
  await settle()
  expect(run.stats().stages[0]?.out).toBe(3)
  await run.abort()
  await run.then(undefined, () => {})
})

it('A3: what was read before a failure downstream, and the file is closed', async () => {
  const path = at.path('a')
  writeFileSync(path, 'x'.repeat(100))
  await expect(readBytes(path, { chunkSize: 1 }).pipe(map(() => { throw BOOM })).to(count()).run()).rejects.toBe(BOOM)
})

it('A3: a missing file and a folder fail with an error that names them', async () => {
  await expect(readBytes(at.path('none')).to(count()).run()).rejects.toThrow(`${at.path('none')}: cannot be opened: ENOENT`)
  await expect(readBytes(at.path()).to(count()).run()).rejects.toMatchObject({ name: 'FileError', path: at.path(), work: 'read', code: 'SLUICE_FILE', systemCode: 'EISDIR' })
})

it.each(['take', 'abort', 'stop', 'break'])('A4: %s closes the file before the run settles', async (how) => {
  const path = at.path('a')
  writeFileSync(path, 'x'.repeat(1000))
  const source = readBytes(path, { chunkSize: 1 })
  if (how === 'take') expect(await source.pipe(take(3)).to(count()).run()).toBe(3)
  if (how === 'break') for await (const _ of source) break
  if (how === 'abort' || how === 'stop') {
    for (let turns = 0; turns < 6; turns++) {
      const run = source.to(count()).run()
      await settle(turns)
      if (how === 'abort') await run.abort()
      else expect((await run.stop()).status).toBe('completed')
      await run.then(undefined, () => {})
      expect(at.openFiles()).toBe(0)
    }
  }
  expect(at.openFiles()).toBe(0)
})

it('A1: packed files are unpacked, several members and all cuts included', async () => {
  const text = Array.from({ length: 2000 }, (_, i) => `line ${i}`)
  const packed = Buffer.concat([gzipSync(text.slice(0, 1000).join('\n') + '\n'), gzipSync(text.slice(1000).join('\n'))])
  writeFileSync(at.path('a.gz'), packed)
  expect(await readLines(at.path('a.gz')).to(toArray()).run()).toEqual(text)
  const pieces = Array.from({ length: Math.ceil(packed.length / 3) }, (_, i) => packed.subarray(i * 3, i * 3 + 3))
  expect(await readLines(from(pieces), { compression: 'gzip' }).to(toArray()).run()).toEqual(text)
  writeFileSync(at.path('b'), packed)
  expect(await readBytes(at.path('a.gz'), { compression: 'none' }).to(toArray()).run()).toEqual([packed])
})

it('A3: what was packed badly or is cut off fails with the path, after what could be read', async () => {
  const packed = gzipSync(Array.from({ length: 50_000 }, (_, i) => `line ${i}`).join('\n'))
  writeFileSync(at.path('cut.gz'), packed.subarray(0, packed.length - 20))
  writeFileSync(at.path('no.gz'), 'no gzip at all')
  const seen: string[] = []
  const run = readLines(at.path('cut.gz')).pipe(map((line) => seen.push(line))).to(count()).run()
  await expect(run).rejects.toThrow(DecompressionError)
  await expect(run).rejects.toThrow('cut.gz')
  expect(seen.length).toBeGreaterThan(40_000)
  await expect(readBytes(at.path('no.gz')).to(count()).run()).rejects.toThrow('no.gz: cannot be read as gzip')
})

it('A3: a failure of the source comes after what was unpacked before it, as the same error', async () => {
  const packed = gzipSync(Buffer.from('one\ntwo\nthree'))
  const probe = manualSource<Uint8Array>()
  const seen: string[] = []
  const run = readLines(probe.source, { compression: 'gzip' }).pipe(map((line) => seen.push(line))).to(count()).run()
  probe.emit(packed)
  probe.fail(BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(seen).toEqual(['one', 'two'])
})

it('A2: what is packed tightly is unpacked as it is wanted', async () => {
  writeFileSync(at.path('zeros.gz'), gzipSync(Buffer.alloc(200 * 1024 * 1024)))
  const before = process.memoryUsage().rss
  expect(await readBytes(at.path('zeros.gz')).pipe(take(3)).to(count()).run()).toBe(3)
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
})

it.each([
  () => readBytes('a', { chunkSize: 0 }),
  () => readBytes('a', { start: -1 }),
  () => readBytes('a', { end: 0.5 }),
  () => readBytes('a.gz', { start: 1 }),
  () => readBytes('a', { compression: 'zip' as never }),
  () => readLines(3 as never),
  () => readLines('a', { encoding: 'klingon' as never }),
  () => readLines('a', { maxLineLength: 0 }),
])('options that cannot work fail when the pipeline is built (%#)', (build) => {
  expect(build).toThrow(OptionError)
})
