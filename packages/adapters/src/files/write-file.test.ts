import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { from, OptionError, range, type Sink } from '@sluice/core'
import { writeBytes, writeCsv, writeLines, writeNdjson } from '@sluice/adapters/files'
import { map } from '@sluice/operators'
import { explore, manualSource, settle } from '@sluice/testing'
import { encoding } from '../../test/encoding'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})
const BOOM = new Error('boom')
const large = 'x'.repeat(100_000)
const KINDS: readonly (readonly [string, (path: string) => Sink<string, unknown>])[] = [
  ['writeBytes', (path) => writeBytes(path)],
  ['writeLines', (path) => writeLines(path)],
  ['writeNdjson', (path) => writeNdjson(path)],
  ['writeCsv', (path) => encoding(writeCsv(path), (value) => [value])],
  ['writeLines, packed', (path) => writeLines(path, { compression: 'gzip' })],
  ['writeCsv, packed', (path) => encoding(writeCsv(path, { compression: 'gzip' }), (value) => [value])],
]

it.each(KINDS)('A2: %s that fails leaves the old file, and nothing else', async (_name, make) => {
  const path = at.path('out')
  writeFileSync(path, 'old')
  for (let emitted = 0; emitted < 4; emitted++) {
    const probe = manualSource<string>()
    const run = probe.source.to(make(path)).run()
    for (let i = 0; i < emitted; i++) probe.emit(large)
    await settle(emitted)
    probe.fail(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(at.names()).toEqual(['out'])
    expect(readFileSync(path, 'utf8')).toBe('old')
  }
})

it.each(KINDS)('A4: %s that is aborted at any moment leaves nothing, and nothing open', async (_name, make) => {
  for (let turns = 0; turns < 16; turns++) {
    const run = range(0).pipe(map(() => large)).to(make(at.path('out'))).run()
    await settle(turns)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(run.failure?.suppressed ?? []).toEqual([])
    expect(at.openFiles()).toBe(0)
    await settle(2)
    expect(at.names()).toEqual([])
  }
})

it.each(KINDS)('A8: %s that is stopped keeps what was written', async (_name, make) => {
  const run = range(0).pipe(map(() => large)).to(make(at.path('out'))).run()
  await settle(5)
  expect((await run.stop()).status).toBe('completed')
  await run
  expect(at.names()).toEqual(['out'])
})

it('A1: under any interleaving', async () => {
  await explore(20, async ({ scheduler, seed }) => {
    const path = at.path(`${seed}.gz`)
    await from(['a', 'b', large, 'c']).to(writeBytes(path)).run({ scheduler })
    expect(gunzipSync(readFileSync(path)).toString()).toBe(`ab${large}c`)
  })
})

it('bytes of every kind, and nothing at all, are written', async () => {
  const path = at.path('out')
  const { buffer } = new Uint8Array([67, 68])
  await from<never>(['A', Buffer.from('B'), buffer, new DataView(buffer, 1)] as never[]).to(writeBytes(path)).run()
  expect(readFileSync(path, 'utf8')).toBe('ABCDD')
  expect(await from<string>([]).to(writeBytes(path)).run()).toEqual({ path, bytes: 0 })
  expect(readFileSync(path, 'utf8')).toBe('')
  const run = from([1 as never]).to(writeBytes(path)).run()
  await expect(run).rejects.toThrow('expected bytes or text, got number')
})

it('a sink that is wrapped by spreading its intake ends as it should', async () => {
  const inner = writeLines(at.path('out'))
  const wrapped: typeof inner = { ...inner, open: (scope, stage) => ({ ...inner.open(scope, stage) }) }
  await from(['a']).to(wrapped).run()
  expect(readFileSync(at.path('out'), 'utf8')).toBe('a\n')
})

it('append writes behind what is there; packed, as a further member', async () => {
  for (const file of ['out', 'out.gz']) {
    for (const text of ['a', 'b']) await from([text]).to(writeBytes(at.path(file), { append: true })).run()
  }
  expect(readFileSync(at.path('out'), 'utf8')).toBe('ab')
  expect(gunzipSync(readFileSync(at.path('out.gz'))).toString()).toBe('ab')
})

it('without atomic a failed run leaves what was written', async () => {
  const probe = manualSource<string>()
  const run = probe.source.to(writeBytes(at.path('out'), { atomic: false })).run()
  probe.emit(large)
  while (!at.names().includes('out') || statSync(at.path('out')).size === 0) await settle(1)
  probe.fail(BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(readFileSync(at.path('out'), 'utf8')).toBe(large)
})

it('the file keeps its mode, and a link stays one', async () => {
  mkdirSync(at.path('other'))
  writeFileSync(at.path('other', 'real'), 'old')
  chmodSync(at.path('other', 'real'), 0o640)
  symlinkSync(at.path('other', 'real'), at.path('link'))
  await from(['new']).to(writeBytes(at.path('link'))).run()
  expect(lstatSync(at.path('link')).isSymbolicLink()).toBe(true)
  expect(readFileSync(at.path('other', 'real'), 'utf8')).toBe('new')
  expect(statSync(at.path('other', 'real')).mode & 0o777).toBe(0o640)
})

it('A3: a name that cannot be taken fails the run and leaves nothing', async () => {
  mkdirSync(at.path('out', 'full'), { recursive: true })
  await expect(from(['a']).to(writeBytes(at.path('out'))).run()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/)
  expect(at.names()).toEqual(['out'])
  await expect(from(['a']).to(writeBytes(at.path('none', 'a'), { mkdir: false })).run()).rejects.toThrow('ENOENT')
})

it.runIf(process.platform === 'linux')('A3: a full disk fails the run', async () => {
  await expect(from([large]).to(writeBytes('/dev/full', { atomic: false })).run()).rejects.toThrow('ENOSPC')
})

it.each([
  () => { writeBytes('') },
  () => { writeBytes('a', { append: true, atomic: true }) },
  () => { writeBytes('a', { compression: 'zip' as never }) },
  () => { writeLines('a', { eol: '\r' as never }) },
])('options that cannot work fail when the pipeline is built (%#)', (build) => {
  expect(build).toThrow(OptionError)
})
