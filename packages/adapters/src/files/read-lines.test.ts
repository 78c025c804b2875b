import fc from 'fast-check'
import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { LineTooLongError, readLines } from '@sluice/adapters/files'
import { map } from '@sluice/operators'
import { explore, trackedSource } from '@sluice/testing'

const cut = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

it('A6: lines do not depend on how the bytes are cut', async () => {
  const text = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\r', '\u{1F30A}', 'ü'))).map((parts) => parts.join(''))
  await fc.assert(fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (whole, sizes) => {
    const expected = whole.split('\n')
    const last = expected.pop() ?? ''
    const lines = [...expected.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), ...(last === '' ? [] : [last])]
    expect(await readLines(from(cut(Buffer.from(whole), sizes))).to(toArray()).run()).toEqual(lines)
  }), { numRuns: 200 })
})

it('A1: under any interleaving', async () => {
  await explore(50, async ({ scheduler }) => {
    expect(await readLines(from(['a\nb', 'c\n\n', 'd'])).to(toArray()).run({ scheduler })).toEqual(['a', 'bc', '', 'd'])
  })
})

it('A1: a byte order mark is left out, at the start only; other encodings are read', async () => {
  expect(await readLines(from(['\uFEFFa\n\uFEFFb'])).to(toArray()).run()).toEqual(['a', '\uFEFFb'])
  expect(await readLines(from([Buffer.from('\uFEFFä\nb', 'utf16le')]), { encoding: 'utf16le' }).to(toArray()).run()).toEqual(['ä', 'b'])
  expect(await readLines(from([Buffer.from('ä', 'latin1')]), { encoding: 'latin1' }).to(toArray()).run()).toEqual(['ä'])
})

it('A3: a line too long fails after the lines before, also without an end, and holds no more than that', async () => {
  for (const pieces of [['one\ntwo\n', 'x'.repeat(2000), '\n'], ['one\ntwo\n' + 'x'.repeat(2000)]]) {
    const seen: string[] = []
    const run = readLines(from(pieces), { maxLineLength: 1000 }).pipe(map((line) => seen.push(line))).to(toArray()).run()
    await expect(run).rejects.toThrow(LineTooLongError)
    await expect(run).rejects.toMatchObject({ line: 3, maxLineLength: 1000 })
    expect(seen).toEqual(['one', 'two'])
  }
  expect(await readLines(from(['12345\n']), { maxLineLength: 5 }).to(toArray()).run()).toEqual(['12345'])
})

it('T1: tickets of a source of text are settled once', async () => {
  const tracked = trackedSource(['a\nb', 'c\n', 'd'])
  expect(await readLines(tracked.source).to(toArray()).run()).toEqual(['a', 'bc', 'd'])
  expect(tracked.settlements).toEqual([1, 1, 1])
})
