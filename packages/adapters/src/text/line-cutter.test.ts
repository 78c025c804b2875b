import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineCutter, LongLine } from './line-cutter'

function cut(pieces: readonly string[], maxLength = 1e9): string[] {
  const cutter = new LineCutter(maxLength)
  const lines: string[] = []
  for (const piece of pieces) {
    cutter.add(piece)
    for (let line = cutter.next(); line !== undefined; line = cutter.next()) lines.push(line instanceof LongLine ? `${line.beginning}…` : line)
  }
  const rest = cutter.rest()
  return rest === undefined ? lines : [...lines, rest]
}

const parts = fc.array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', '\u{1F30A}', ''), { maxLength: 30 })

it('A6: lines end with \\n, \\r\\n or \\r, wherever the text is cut', () => {
  fc.assert(fc.property(parts, fc.array(fc.nat(30)), (texts, cuts) => {
    const whole = texts.join('')
    const expected = whole.split(/\r\n|\n|\r/)
    if (expected.at(-1) === '') expected.pop()
    const places = [...new Set([0, ...cuts.filter((at) => at < whole.length), whole.length])].sort((a, b) => a - b)
    const pieces = places.slice(1).map((to, i) => whole.slice(places[i], to))
    expect(cut(pieces)).toEqual(expected)
    expect(cut(Array.from({ length: whole.length }, (_, i) => whole.charAt(i)))).toEqual(expected)
  }), { numRuns: 500 })
})

it('A19: a line too long is told once, by its beginning, and the lines behind it are right', () => {
  fc.assert(fc.property(fc.array(fc.nat(12)), fc.constantFrom('\n', '\r\n', '\r'), fc.integer({ min: 1, max: 5 }), (lengths, end, size) => {
    const whole = lengths.map((length) => 'x'.repeat(length) + end).join('')
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.slice(i * size, i * size + size))
    const found = cut(pieces, 5)
    expect(found.map((line) => (line.endsWith('…') ? 'long' : line))).toEqual(lengths.map((length) => (length > 5 ? 'long' : 'x'.repeat(length))))
    expect(found.every((line) => line.length <= 6)).toBe(true)
  }))
  expect(cut(['x'.repeat(5000)], 10)).toEqual([`${'x'.repeat(10)}…`])
  expect(cut(['x'.repeat(5000)], 2000)).toEqual([`${'x'.repeat(1000)}…`])
})

it('A20: the work grows with the length of a line, not with the number of its pieces times its length', () => {
  const cutter = new LineCutter(1e9)
  const piece = 'x'.repeat(64)
  let looked = 0
  const native = String.prototype.indexOf
  String.prototype.indexOf = function (this: string, search: string, from = 0): number {
    looked += this.length - from
    return native.call(this, search, from)
  }
  try {
    for (let i = 0; i < 10_000; i++) {
      cutter.add(piece)
      cutter.next()
    }
    cutter.add('\n')
    expect((cutter.next() as string).length).toBe(640_000)
  } finally {
    String.prototype.indexOf = native
  }
  expect(looked).toBeLessThan(3 * 640_000)
})
