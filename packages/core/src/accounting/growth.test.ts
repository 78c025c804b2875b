import { describe, expect, it } from 'vitest'
import { seededRandom } from '@sluice/testing'
import { Growth } from './growth'

/** What is told of `count` calls, each given by how many were under way when it began and how long it took. */
function grown(count: number, call: (n: number) => readonly [level: number, ms: number]): number | null {
  const growth = new Growth()
  for (let n = 0; n < count; n++) growth.add(...call(n))
  return growth.read()
}

describe('how calls grow with their number', () => {
  it('X34: twice as many that take twice as long are 1; as many as before that take as long are 0', () => {
    expect(grown(640, (n) => [1 + (n % 8), 10 * (1 + (n % 8))])).toBeCloseTo(1, 2)
    expect(grown(640, (n) => [1 + (n % 8), 50])).toBe(0)
    expect(grown(640, (n) => [1 + (n % 8), 50 + 5 * (1 + (n % 8))])).toBeCloseTo(22.5 / 72.5, 2)
  })

  it('X34: nothing is told of few calls, or of those that all begin beside as many', () => {
    expect(grown(15, (n) => [n + 1, n + 1])).toBeNull()
    expect(grown(1000, () => [8, 40])).toBeNull()
  })

  it('X34: a service that becomes slower by itself does not grow with its callers', () => {
    expect(grown(2000, (n) => [Math.min(8, n + 1), n < 500 ? 10 : 80])).toBe(0)
    expect(grown(3000, (n) => [1 + Math.floor((n * 8) / 3000), 10 + n / 50]) ?? 0).toBeLessThan(0.1)
  })

  it('X34: chance is not taken for growth, and growth is found behind chance', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed)
      const noisy = (each: number) => (): [number, number] => { const level = 1 + Math.floor(random() * 8); return [level, 20 + each * level - 40 * Math.log(1 - random())] }
      expect(grown(2000, noisy(0)), `seed ${seed}`).toBe(0)
      expect(grown(2000, noisy(20)), `seed ${seed}`).toBeGreaterThan(0.4)
    }
  })
})
