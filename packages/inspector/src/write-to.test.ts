import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { GzipFile } from './recording/gzip-file'
import { writeTo } from './write-to'

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

/** As a pipe whose reader has gone: within the write, or behind it. */
const broken = (later: boolean): Writable => new Writable({
  write(_chunk, _encoding, done) {
    const fail = (): void => { done(new Error('EPIPE')) }
    if (later) setImmediate(fail)
    else fail()
  },
})

it.each([true, false])('what a tool writes where nobody reads fails no program (behind the write: %s), and leaves nothing behind', async (later) => {
  const stream = broken(later)
  writeTo(stream, 'a')
  await settle()
  await settle()
  writeTo(stream, 'b')
  stream.end()
  writeTo(stream, 'c')
  await settle()
  await expect.poll(() => stream.listenerCount('error')).toBe(0)
})

it('what the program writes fails as before', async () => {
  const stream = broken(true)
  const told = new Promise((resolve) => { stream.once('error', resolve) })
  stream.write('own')
  writeTo(stream, 'of a tool')
  expect(await told).toMatchObject({ message: 'EPIPE' })
})

it('goes through to whoever listens, by the function that it is given', () => {
  const seen: string[] = []
  const stream = { write: (text: string) => seen.push(text) }
  writeTo(stream, 'a')
  writeTo(stream, 'b', (text) => seen.push(`original ${text}`))
  expect(seen).toEqual(['a', 'original b'])
})

it.runIf(existsSync('/dev/full'))('a recording tells once that its disk is full', () => {
  const lost: unknown[] = []
  const file = new GzipFile('/dev/full', (error) => { lost.push(error) })
  file.write('x')
  file.flush()
  file.end()
  expect(lost).toEqual([expect.objectContaining({ code: 'ENOSPC' })])
  expect(file.isOpen).toBe(false)
})

it.runIf(process.platform !== 'win32')('a pipe that nobody reads is such a stream', () => {
  const program = "import { writeTo } from './packages/inspector/src/write-to.ts'\nfor (let i = 0; i < 20; i++) { writeTo(process.stdout, 'x'.repeat(100_000)); await new Promise((resolve) => { setTimeout(resolve, 5) }) }\nconsole.error('done')"
  const { stderr } = spawnSync('sh', ['-c', '"$@" | head -c 1 > /dev/null', 'sh', process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program], { encoding: 'utf8' })
  expect(stderr).toBe('done\n')
})
