import fc from 'fast-check'
import { expect, it } from 'vitest'
import { deadLetter, forEach, from, toArray, type DeadLetter } from '@sluice/core'
import { LineTooLongError, readLines, readNdjson } from '@sluice/adapters/files'
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
    const lines = whole.split(/\r\n|\n|\r/)
    if (lines.at(-1) === '') lines.pop()
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

it('A19: a line too long goes where onError says, and the lines behind it are read', async () => {
  const pieces = ['one\n', 'x'.repeat(800), 'x'.repeat(800), 'x\r\ntwo\n', 'y'.repeat(20), '\nthree']
  const letters: DeadLetter[] = []
  const onError = deadLetter(forEach<DeadLetter>((letter) => { letters.push(letter) }))
  expect(await readLines(from(pieces), { maxLineLength: 10, onError }).to(toArray()).run()).toEqual(['one', 'two', 'three'])
  expect(letters.map(({ item }) => item)).toEqual([{ text: 'x'.repeat(10), line: 2, cut: true }, { text: 'y'.repeat(10), line: 4, cut: true }])
  expect(letters[0]).toMatchObject({ stage: 'readLines', error: { name: 'LineTooLongError', line: 2, path: 'the source' } })
  expect(await readNdjson(from(['1\n', `"${'x'.repeat(50)}"`, '\n3']), { maxLineLength: 10, onError: 'skip' }).to(toArray()).run()).toEqual([1, 3])
  await expect(readNdjson(from(['1\n', 'x'.repeat(50)]), { maxLineLength: 10 }).to(toArray()).run()).rejects.toThrow('the source, line 2: longer than 10')
})

it('A6: text behind bytes that were cut in a character keeps its place', async () => {
  expect(await readLines(from([Buffer.from('aü').subarray(0, 2), 'b\n'])).to(toArray()).run()).toEqual(['a\uFFFDb'])
})
