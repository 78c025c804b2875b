import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar } from './bar'
import { clip, fit, widthOf, wrap } from './cells'
import { callTime, duration, percent, short } from './figures'
import { coloured, paintFor, plain } from './paint'
import { printable } from './printable'
import { table } from './table'

describe('a text of somebody else’s on a terminal', () => {
  it('moves no cursor, changes no colour, sets no title and turns no direction around', () => {
    expect(printable('a\u001b[31mb\u001b]0;title\u0007c\u001b[2J\r\nd')).toBe('abc  d')
    expect(printable('\u202eevil\u2066')).toBe('evil')
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => { expect(printable(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u) }), { numRuns: 60 })
  })

  it('is no longer than asked for', () => {
    expect(printable('x'.repeat(1e6), 10)).toBe(`${'x'.repeat(9)}…`)
  })
})

describe('a cell', () => {
  it('is as wide as it has to be, whatever letters stand in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
      expect(widthOf(fit(printable(text), columns))).toBe(columns)
      expect(widthOf(clip(printable(text), columns))).toBeLessThanOrEqual(columns)
    }), { numRuns: 60 })
    expect(fit('日本語', 5)).toBe('日本…')
    expect(fit('7', 3, 'right')).toBe('  7')
  })

  it('of several lines loses no word, and ends in an ellipsis where it is too long', () => {
    expect(wrap('one two three four', 9, 3)).toEqual(['one two', 'three', 'four'])
    expect(wrap('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
    expect(wrap('short', 9, 3)).toEqual(['short'])
    // An accent of its own code stays with its letter: no column is taken, none is left.
    expect(wrap('abcdeA\u0300', 5, 3)).toEqual(['abcde', 'A\u0300'])
    expect(widthOf(wrap('!\ua4d0\u2e80\ufb00!\ua4d0!!!A\u0300', 10, 4)[0] ?? '')).toBeLessThanOrEqual(10)
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
      for (const line of wrap(printable(text), columns, 4)) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }), { numRuns: 60 })
  })

  it('of a table stands under its head', () => {
    expect(table([{ head: 'A' }, { head: 'COUNT', side: 'right' }], [['long name', '7'], ['x', '1,000']])).toEqual(['A          COUNT', 'long name      7', 'x          1,000'])
  })
})

it('figures are short, and say their unit', () => {
  expect([0, 0.25, 206, 9999, 12_345, 999_600, 2_100_000, 3e9].map(short)).toEqual(['0', '0.3', '206', '9999', '12.3k', '1.0M', '2.1M', '3.0G'])
  expect([300, 41_000, 200_000, 1e7].map(duration)).toEqual(['0.3 s', '41 s', '3 min', '3 h'])
  expect([0.191, 2.25, 24.4, 1234].map(callTime)).toEqual(['0.19 ms', '2.3 ms', '24 ms', '1.2 s'])
  expect([-1, 0.964, 7].map(percent)).toEqual(['0 %', '96 %', '100 %'])
  fc.assert(fc.property(fc.double({ min: 0, max: 9e11, noNaN: true }), (value) => { expect(short(value).length).toBeLessThanOrEqual(5) }))
})

it('a bar is exact to an eighth of a column', () => {
  expect([0, 1 / 16, 0.5, 1, 2].map((share) => bar(share, 2))).toEqual(['  ', '▏ ', '█ ', '██', '██'])
})

it('NO_COLOR, a dumb terminal and what is none get no colours', () => {
  expect(paintFor({ isTTY: true }, {})).toBe(coloured)
  for (const [isTTY, env] of [[true, { NO_COLOR: '1' }], [true, { TERM: 'dumb' }], [false, {}]] as const) expect(paintFor({ isTTY }, env)).toBe(plain)
  expect(coloured('working', 'x')).toContain('\u001b[')
})
