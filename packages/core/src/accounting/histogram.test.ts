import * as fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram'

/** 1 µs to 10 days, in ms: as many short times as long ones. */
const times = fc.double({ min: Math.log(0.001), max: Math.log(864_000_000), noNaN: true }).map(Math.exp)
const OFF = 0.032

function histogramOf(list: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const time of list) histogram.record(time)
  return histogram
}

/** Each rank of `count` times, as a share. */
function ranksOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) / count)
}

describe('F1: a histogram of times', () => {
  it('agrees with hdr-histogram-js about every quantile, to 3.2 %', () => {
    fc.assert(fc.property(fc.array(times, { minLength: 1, maxLength: 300 }), (list) => {
      const histogram = histogramOf(list)
      // The oracle counts whole numbers: ns here, to 5 digits.
      const oracle = build({ lowestDiscernibleValue: 1, highestTrackableValue: 2 ** 50, numberOfSignificantValueDigits: 4 })
      for (const time of list) oracle.recordValue(Math.round(time * 1e6))
      for (const p of ranksOf(list.length)) {
        const expected = oracle.getValueAtPercentile(p * 100) / 1e6
        expect(Math.abs(histogram.quantile(p) / expected - 1)).toBeLessThan(OFF + 0.001)
      }
    }), { numRuns: 30 })
  })

  it('answers a quantile that is at most 3.2 % off the time of that rank, and exact up to 32 times', () => {
    fc.assert(fc.property(fc.array(times, { minLength: 1, maxLength: 200 }), (list) => {
      const histogram = histogramOf(list)
      const sorted = [...list].sort((a, b) => a - b)
      for (const [i, p] of ranksOf(list.length).entries()) {
        const exact = sorted[i] as number
        expect(Math.abs(histogram.quantile(p) / exact - 1)).toBeLessThanOrEqual(list.length > 32 ? OFF : 0)
      }
    }))
  })

  it('knows the count, the mean and the longest exactly', () => {
    fc.assert(fc.property(fc.array(times, { minLength: 1, maxLength: 100 }), (list) => {
      const histogram = histogramOf(list)
      let sum = 0
      for (const time of list) sum += time
      expect([histogram.count, histogram.mean, histogram.max]).toEqual([list.length, sum / list.length, Math.max(...list)])
    }))
  })

  it('merged with another answers what one would that recorded both', () => {
    fc.assert(fc.property(fc.array(times, { maxLength: 80 }), fc.array(times, { maxLength: 80 }), (one, two) => {
      const merged = histogramOf(one)
      const other = histogramOf(two)
      merged.merge(other)
      const both = histogramOf([...one, ...two])
      expect([merged.count, merged.max, other.count]).toEqual([both.count, both.max, two.length])
      expect(merged.mean).toBeCloseTo(both.mean, 3)
      for (const p of ranksOf(both.count)) {
        expect(Math.abs(merged.quantile(p) / both.quantile(p) - 1)).toBeLessThan(OFF)
      }
      merged.record(1)
      expect(merged.count).toBe(both.count + 1)
    }))
  })

  it('counts what is no time as 0, and times beyond its range at the ends of it', () => {
    const few = histogramOf([-1, Number.NaN, 0, 1e-9])
    expect([few.count, few.quantile(0.5), few.quantile(1), few.max]).toEqual([4, 0, 1e-9, 1e-9])
    const many = histogramOf([...Array<number>(40).fill(0), ...Array<number>(40).fill(1e300)])
    expect([many.quantile(0.5), many.max]).toEqual([expect.closeTo(0, 2), 1e300])
    expect(many.quantile(0.51)).toBeGreaterThan(2 ** 29)
  })

  it('answers 0 while it is empty', () => {
    const empty = new Histogram()
    empty.merge(new Histogram())
    expect([empty.count, empty.mean, empty.max, empty.quantile(0.5), new Histogram().quantile(0.99)]).toEqual([0, 0, 0, 0, 0])
  })
})
