import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { from, range, toArray } from '@sluice/core'
import { source } from '@sluice/core/authoring'
import { readLines, writeLines } from '@sluice/adapters/files'
import { map } from '@sluice/operators'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-files-')) })
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

it('A1: lines that were written are read back, in order', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} – ü`)
  const path = join(folder, 'deep', 'er', 'out.txt')
  const written = await from(lines).to(writeLines(path)).run()
  expect(written).toEqual({ path, lines: 20_000, bytes: Buffer.byteLength(lines.join('\n') + '\n') })
  expect(await readLines(path).to(toArray()).run()).toEqual(lines)
})

it('A2: a run that fails leaves the old file and no temporary one', async () => {
  const path = join(folder, 'out.txt')
  await writeFile(path, 'old')
  const failing = source<string>('failing', () => {
    let pulls = 0
    return {
      pull(into) {
        if (++pulls > 3) throw new Error('broken')
        into[0] = 'x'.repeat(100_000)
        return 1
      },
    }
  })
  await expect(failing.to(writeLines(path)).run()).rejects.toThrow('broken')
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['out.txt'])
})

it('A2: an aborted run leaves no temporary file', async () => {
  const run = range(0).pipe(map(String)).to(writeLines(join(folder, 'out.txt'))).run()
  await new Promise((resolve) => setTimeout(resolve, 30))
  await run.abort()
  expect(await readdir(folder)).toEqual([])
})

it('A3: a missing file fails the run with an error that names it', async () => {
  await expect(readLines(join(folder, 'none.txt')).to(toArray()).run()).rejects.toThrow('none.txt')
})

it('A3: a line that is too long fails with its place', async () => {
  const path = join(folder, 'long.txt')
  await writeFile(path, `short\n${'x'.repeat(2000)}\n`)
  await expect(readLines(path, { maxLineLength: 1000 }).to(toArray()).run()).rejects.toThrow('line 2: longer than 1000')
})

it.each(['a\nb', 'a\r\nb\r\n', '\n\na', ''])('A1: reads %j as a text editor would', async (text) => {
  const path = join(folder, 'text.txt')
  await writeFile(path, text)
  const expected = text.split(/\r?\n/)
  if (expected.at(-1) === '') expected.pop()
  expect(await readLines(path).to(toArray()).run()).toEqual(expected)
})

it('A4: a folder that cannot be made fails the run', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(from(['a']).to(writeLines(join(folder, 'file', 'out.txt'))).run()).rejects.toThrow(/ENOTDIR|EEXIST/)
})
