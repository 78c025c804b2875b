import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { deadLetter, from, type Sink } from '@sluice/core'
import { FileError, readNdjson, writeBytes, writeCsv, writeLines, writeNdjson } from '@sluice/adapters/files'
import { map } from '@sluice/operators'
import { manualSource } from '@sluice/testing'
import { encoding } from '../../test/encoding'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})

/** So long that the line is written at once: short ones are gathered first. */
const first = 'x'.repeat(100_000)

/** Waits until the file, or a temporary one in its stead, is there. */
const begun = async (path: string): Promise<void> => {
  while (!readdirSync(dirname(path)).some((name) => name !== 'link')) await new Promise((resolve) => setTimeout(resolve, 1))
}

const KINDS: readonly (readonly [string, (path: string, atomic: boolean) => Sink<string, unknown>])[] = [
  ['writeBytes', (path, atomic) => writeBytes(path, { atomic })],
  ['writeLines', (path, atomic) => writeLines(path, { atomic })],
  ['writeNdjson', (path, atomic) => writeNdjson(path, { atomic })],
  ['writeCsv', (path, atomic) => encoding(writeCsv(path, { atomic }), (value) => [value])],
]

it.each(KINDS)('%s refuses a file that another sink is writing, by any path, and writes the file once the other has ended', async (_, make) => {
  const path = at.path('out')
  symlinkSync(path, at.path('link'))
  for (const atomic of [true, false]) {
    for (const end of ['complete', 'fail'] as const) {
      rmSync(path, { force: true })
      const probe = manualSource<string>()
      const run = probe.source.to(writeLines(path, { atomic })).run()
      probe.emit(first)
      await begun(path)
      for (const other of [path, at.path('link')]) {
        const second = from(['second']).to(make(other, atomic)).run()
        await expect(second).rejects.toBeInstanceOf(FileError)
        await expect(second).rejects.toThrow('another sink is writing that file now')
      }
      if (end === 'fail') probe.fail(new Error('boom'))
      else probe.end()
      await run.then(() => {}, () => {})
      if (end === 'complete') expect(readFileSync(path, 'utf8')).toBe(`${first}\n`)
      await from(['third']).to(make(path, atomic)).run()
      expect(readFileSync(path, 'utf8')).toContain('third')
    }
  }
})

it('sinks that append share a file; one that replaces the file is refused beside them', async () => {
  const path = at.path('log')
  const probe = manualSource<string>()
  const run = probe.source.to(writeLines(path, { append: true })).run()
  probe.emit(first)
  await begun(path)
  await from(['b']).to(writeLines(path, { append: true })).run()
  await expect(from(['c']).to(writeLines(path)).run()).rejects.toThrow('another sink')
  probe.emit('d')
  probe.end()
  await run
  expect(readFileSync(path, 'utf8').trim().split('\n').sort()).toEqual(['b', 'd', first])
})

it('R30: dead letters of two stages to one path fail the run, where a shared sink has them all', async () => {
  const lines = () => from(['{"a":1}\n{oops\n{"a":2}\n'])
  const refuse = (): never => { throw new Error('no') }
  const path = at.path('letters')
  const lost = readNdjson(lines(), { onError: deadLetter(writeNdjson(path)) }).pipe(map(refuse, { onError: deadLetter(writeNdjson(path)) })).to(writeNdjson(at.path('out'))).run()
  await expect(lost).rejects.toThrow('another sink is writing that file now')
  const onError = deadLetter(writeNdjson(path))
  const run = readNdjson(lines(), { onError }).pipe(map(refuse, { onError })).to(writeNdjson(at.path('out'))).run()
  await run
  expect(run.stats().totals).toMatchObject({ deadLettered: 3 })
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(3)
})
