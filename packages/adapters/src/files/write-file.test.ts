import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { from, OptionError, range, type Sink } from '@sluice/core'
import { FileError, writeBytes, writeCsv, writeLines, writeNdjson } from '@sluice/adapters/files'
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

describe.runIf(process.platform === 'linux')('A17: what is no plain file is written to, and stays what it is', () => {
  it.each(KINDS)('a pipe: %s waits for its reader, and for room', async (_name, make) => {
    const path = at.path('pipe')
    execFileSync('mkfifo', [path])
    const run = range(0, 5).pipe(map(() => large)).to(make(path)).run()
    await settle(3)
    const reader = spawn('sh', ['-c', 'sleep 0.05; cat "$1"', 'sh', path], { stdio: ['ignore', 'pipe', 'ignore'] })
    // Listened for at once: the reader may have closed before the run resolves.
    const closed = once(reader, 'close')
    let bytes = 0
    reader.stdout.on('data', (piece: Buffer) => { bytes += piece.length })
    await run
    await closed
    expect(bytes).toBeGreaterThan(100)
    expect(lstatSync(path).isFIFO()).toBe(true)
    expect(at.names()).toEqual(['pipe'])
  })

  it('a pipe that nobody reads from, or reads on: an abort ends the wait', async () => {
    const path = at.path('pipe')
    execFileSync('mkfifo', [path])
    const sleeper = spawn('sh', ['-c', 'exec <"$1"; exec sleep 10', 'sh', path], { stdio: 'ignore' })
    for (const options of [{}, { atomic: false }, { append: true }]) {
      const run = range(0).pipe(map(() => large)).to(writeBytes(path, options)).run()
      await new Promise((resolve) => setTimeout(resolve, 30))
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
    }
    sleeper.kill()
    await once(sleeper, 'close')
    const run = range(0).pipe(map(() => large)).to(writeBytes(path)).run()
    await settle(5)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
  })

  it('a device, and a link to one', async () => {
    symlinkSync('/dev/null', at.path('nowhere'))
    for (const path of ['/dev/null', at.path('nowhere')]) {
      expect(await from(['a']).to(writeBytes(path)).run()).toEqual({ path, bytes: 1 })
      expect(statSync(path).isCharacterDevice()).toBe(true)
    }
    expect(lstatSync(at.path('nowhere')).isSymbolicLink()).toBe(true)
  })

  it('a file that somebody has open, as standard output may be', async () => {
    const out = at.path('out')
    writeFileSync(out, 'a\n')
    const { ino } = statSync(out)
    const open = openSync(out, 'a')
    symlinkSync(`/proc/self/fd/${open}`, at.path('link'))
    for (const path of [`/proc/self/fd/${open}`, at.path('link')]) await from(['b']).to(writeLines(path)).run()
    closeSync(open)
    expect(readFileSync(out, 'utf8')).toBe('a\nb\nb\n')
    expect(statSync(out).ino).toBe(ino)
  })

  it('a link that leads to nothing yet, through folders that are missing', async () => {
    symlinkSync(join('deep', 'real'), at.path('link'))
    symlinkSync('link', at.path('second'))
    for (const options of [{}, { append: true }, { atomic: false }]) {
      await from(['new']).to(writeBytes(at.path('second'), options)).run()
      expect(lstatSync(at.path('second')).isSymbolicLink()).toBe(true)
      expect(lstatSync(at.path('link')).isSymbolicLink()).toBe(true)
      expect(readFileSync(at.path('deep', 'real'), 'utf8')).toBe('new')
      rmSync(at.path('deep'), { recursive: true })
    }
    symlinkSync('circle', at.path('circle'))
    await expect(from(['a']).to(writeBytes(at.path('circle'))).run()).rejects.toThrow(/circle: cannot be looked at: ELOOP/)
  })
})

it('A17: a name as long as names may be', async () => {
  const name = 'n'.repeat(255)
  await from(['a']).to(writeBytes(at.path(name))).run()
  expect(at.names()).toEqual([name])
})

it('A14: text that was cut in a character comes out whole; half a character fails the run', async () => {
  const path = at.path('out')
  await from(['smile \ud83d', '\ude00', '', '\ud83d', '', '\ude01!']).to(writeBytes(path)).run()
  expect(readFileSync(path, 'utf8')).toBe('smile \u{1f600}\u{1f601}!')
  for (const values of [['a\ud83d'], ['\ud83d', 'b'], ['\ude00'], ['\ud83d', Buffer.from('b')]]) {
    await expect(from<string | Uint8Array>(values).to(writeBytes(path)).run()).rejects.toThrow('half a character')
  }
  expect(readFileSync(path, 'utf8')).toBe('smile \u{1f600}\u{1f601}!')
})

it.each([
  [null, 'is no text but null'], [undefined, 'is no text but undefined'], [5, 'is no text but number'], [{}, 'is no text but object'],
  ['one\ntwo', 'has a line end in it'], ['one\rtwo', 'has a line end in it'], ['\ud83d', 'half a character'],
])('A14: writeLines refuses %j, and names it', async (value, message) => {
  const run = from(['fine', value as string]).to(writeLines(at.path('out'))).run()
  await expect(run).rejects.toThrow(`writeLines: value 2 ${message.startsWith('half') ? 'has half' : message}`)
  expect(run.failure?.item).toBe(value)
  expect(at.names()).toEqual([])
})

it.each([
  [[null], 'a row must be an object or a list, got null'], [[3], 'a row must be an object or a list, got number'],
  [[{}], 'the first row has no columns'], [[{ a: 1 }, { a: () => 1 }], 'row 2 has a function in column "a"'],
  [[['x'], ['\ud83d']], 'row 2 has half a character'], [[{ '\ud83d': 1 }], 'the name of a column has half a character'],
  [[['x'], { a: 1 }], 'a row must be a list, as the first one is'], [[Buffer.from('a')], 'a row must be an object or a list'],
])('A14: writeCsv refuses %j, and says why', async (rows, message) => {
  const run = from(rows as never[]).to(writeCsv(at.path('out'))).run()
  await expect(run).rejects.toThrow(`writeCsv: ${message}`)
  expect(run.failure?.item).toBe(rows.at(-1))
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
  const run = from(['a']).to(writeBytes(at.path('out'))).run()
  await expect(run).rejects.toThrow(FileError)
  await expect(run).rejects.toMatchObject({ path: at.path('out'), work: 'opened', code: 'SLUICE_FILE', systemCode: 'EISDIR' })
  expect(at.names()).toEqual(['out'])
  await expect(from(['a']).to(writeBytes(at.path('none', 'a'), { mkdir: false })).run()).rejects.toThrow('ENOENT')
})

it.runIf(process.platform === 'linux')('A3: a full disk fails the run', async () => {
  for (const atomic of [true, false]) {
    const run = from([large]).to(writeBytes('/dev/full', { atomic })).run()
    await expect(run).rejects.toThrow('/dev/full: cannot be written: ENOSPC')
    await expect(run).rejects.toMatchObject({ code: 'SLUICE_FILE', systemCode: 'ENOSPC' })
  }
})

it.each([
  () => { writeBytes('') },
  () => { writeBytes('a', { append: true, atomic: true }) },
  () => { writeBytes('a', { compression: 'zip' as never }) },
  () => { writeLines('a', { eol: '\r' as never }) },
])('options that cannot work fail when the pipeline is built (%#)', (build) => {
  expect(build).toThrow(OptionError)
})
