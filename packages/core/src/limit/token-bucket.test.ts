import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket'

test('Q61: after a rest exactly the burst is there at once, then one token per interval', () => {
  const bucket = new TokenBucket({ count: 2, perMs: 1_000, burst: 3 })
  for (let i = 0; i < 3; i++) {
    expect(bucket.waitMs(1, 0)).toBe(0)
    bucket.take(1, 0)
  }
  expect([bucket.waitMs(1, 0), bucket.waitMs(2, 0), bucket.waitMs(1, 499), bucket.waitMs(1, 500)]).toEqual([500, 1_000, 1, 0])
  expect([bucket.tokens(0), bucket.tokens(750), bucket.tokens(99_999), bucket.isFull(1_499), bucket.isFull(1_500)]).toEqual([
    0, 1.5, 3, false, true,
  ])
})

test('Q61: over any stretch of time no more is taken than burst and rate allow, and what is due is given', () => {
  const rate = fc.record({ count: fc.integer({ min: 1, max: 9 }), perMs: fc.integer({ min: 1, max: 1_000 }), burst: fc.integer({ min: 1, max: 9 }) })
  const calls = fc.array(fc.record({ afterMs: fc.nat({ max: 300 }), cost: fc.integer({ min: 1, max: 9 }) }), { maxLength: 50 })
  fc.assert(
    fc.property(rate, calls, ({ count, perMs, burst }, steps) => {
      const bucket = new TokenBucket({ count, perMs, burst })
      const taken: { at: number; cost: number }[] = []
      let now = 0
      for (const { afterMs, cost } of steps) {
        now += afterMs
        const price = Math.min(cost, burst)
        const wait = bucket.waitMs(price, now)
        // The time it names is the first at which the tokens are there: a waiter wakes once.
        expect(bucket.waitMs(price, now + wait)).toBe(0)
        if (wait > 1e-3) expect(bucket.waitMs(price, now + wait - 1e-3)).toBeGreaterThan(0)
        if (wait > 0) continue
        bucket.take(price, now)
        taken.push({ at: now, cost: price })
        for (const [i, first] of taken.entries()) {
          const sum = taken.slice(i).reduce((total, one) => total + one.cost, 0)
          expect(sum).toBeLessThanOrEqual(burst + ((now - first.at) * count) / perMs + 1e-6)
        }
      }
    }),
  )
})

test('Q64: another rate keeps the tokens there are, up to the new burst', () => {
  const bucket = new TokenBucket({ count: 10, perMs: 100 })
  bucket.take(4, 0)
  bucket.setRate({ count: 1, perMs: 100, burst: 8 }, 0)
  expect([bucket.tokens(0), bucket.tokens(100), bucket.tokens(9_999)]).toEqual([6, 7, 8])
  bucket.setRate({ count: 1, perMs: 100, burst: 2 }, 100)
  expect(bucket.tokens(100)).toBe(2)
})

test('Q64: a cost above a burst that was lowered waits for a full bucket and leaves a debt', () => {
  const bucket = new TokenBucket({ count: 1, perMs: 10, burst: 2 })
  bucket.take(1, 0)
  expect([bucket.waitMs(5, 0), bucket.waitMs(5, 10)]).toEqual([10, 0])
  bucket.take(5, 10)
  expect([bucket.tokens(10), bucket.waitMs(1, 10)]).toEqual([-3, 40])
})
