import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Boundaries } from '../timing/boundaries'

const sizes = fc.oneof(fc.double({ min: 1e-3, max: 1e7, noNaN: true }), fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(0.1, 0.3, 1 / 3, 25, 60_000))
const indices = fc.integer({ min: -1_000_000, max: 1_000_000 })

/** A time on the boundary itself, the one right before and right after it, and any other. */
const near = (boundary: number, off: number): number => boundary + off * Math.max(Number.MIN_VALUE, Math.abs(boundary)) * 2 ** -52

it('O20: a time is between the begin of the window that has begun and that of the next, also right on a boundary', () => {
  fc.assert(fc.property(sizes, indices, fc.integer({ min: -2, max: 2 }), (every, index, off) => {
    const windows = new Boundaries(every, every)
    const time = near(windows.start(index), off)
    const begun = windows.begunAt(time)
    expect([windows.start(begun) <= time, windows.start(begun + 1) > time]).toEqual([true, true])
  }), { numRuns: 2000 })
})

it('O20: edge to edge, the window that has begun is the one that is not over', () => {
  fc.assert(fc.property(sizes, indices, fc.integer({ min: -2, max: 2 }), (every, index, off) => {
    const windows = new Boundaries(every, every)
    const time = near(windows.start(index), off)
    expect(windows.openAt(time)).toBe(windows.begunAt(time))
    expect(windows.end(index)).toBe(windows.start(index + 1))
  }), { numRuns: 2000 })
})

it('O20: overlapping, the earliest open window ends after the time, and the one before it does not', () => {
  fc.assert(fc.property(sizes, fc.double({ min: 0.01, max: 1, noNaN: true }), indices, fc.integer({ min: -2, max: 2 }), (size, part, index, off) => {
    const windows = new Boundaries(size, size * part)
    const time = near(windows.end(index), off)
    const open = windows.openAt(time)
    expect([windows.end(open) > time, windows.end(open - 1) <= time]).toEqual([true, true])
  }), { numRuns: 2000 })
})

it('O20: where a window lasts for three others, it ends where the third after it begins', () => {
  const windows = new Boundaries(0.3, 0.1)
  for (let index = -5; index < 50; index++) expect(windows.end(index)).toBe(windows.start(index + 3))
})
