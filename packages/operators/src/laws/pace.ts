import { never } from '@sluice/core'
import type { CompositionEntry, CompositionUse } from '@sluice/testing'
import {
  auditTime, buffer, debounce, delay, Gate, map, pauseWhen, rateLimit, sample, throttle, throttleFirst, throttleLast, timeout, timestamp,
} from '../index'
import { entry } from './entry'
import { same } from './numbers'

const MS = [2, 0.3, 5.5]
const last = (values: readonly number[]): number[] => values.slice(-1)

/** Some of the values, in order. */
function thinning(name: string, make: (ms: number) => ReturnType<CompositionUse['make']>, atLeast?: CompositionUse['atLeast']): CompositionEntry {
  return entry(name, (choose) => {
    const ms = MS[choose(3)] ?? 2
    return { code: `${name}(${ms})`, make: () => make(ms), reference: same, order: 'subset', atLeast }
  })
}

export const pace: readonly CompositionEntry[] = [
  entry('buffer', (choose) => {
    const capacity = 1 + choose(5)
    const kind = choose(4)
    if (kind === 2) {
      const code = `buffer(${capacity}, { levels: 2, priority: (n) => n & 1 })`
      return { code, make: () => buffer(capacity, { levels: 2, priority: (n: number) => n & 1 }), reference: same, order: 'unordered' }
    }
    if (kind === 3) {
      const code = `buffer(${capacity}, { key: (n) => n % 3, perKey: 2 })`
      return { code, make: () => buffer(capacity, { key: (n: number) => n % 3, perKey: 2 }), reference: same, order: 'perKey', key: (n) => n % 3 }
    }
    return kind === 0
      ? { code: `buffer(${capacity})`, make: () => buffer(capacity), reference: same }
      : { code: `buffer(${capacity}, { maxWeight: 5, weigh: (n) => n % 4 })`, make: () => buffer(capacity, { maxWeight: 5, weigh: (n: number) => n % 4 }), reference: same }
  }),
  entry('throttle', (choose) => {
    const [rate, burst] = [1 + choose(4), 1 + choose(3)]
    return { code: `throttle({ rate: { count: ${rate}, perMs: 3, burst: ${burst} } })`, make: () => throttle({ rate: { count: rate, perMs: 3, burst } }), reference: same }
  }),
  entry('rateLimit', (choose) => {
    const [rate, capacity] = [1 + choose(4), 1 + choose(4)]
    return choose(2) === 0
      ? { code: `rateLimit({ rate: { count: ${rate}, perMs: 3 }, capacity: ${capacity} })`, make: () => rateLimit({ rate: { count: rate, perMs: 3 }, capacity }), reference: same }
      : {
        code: `rateLimit({ rate: { count: ${rate}, perMs: 3 }, capacity: ${capacity}, key: (n) => n % 3 })`,
        make: () => rateLimit({ rate: { count: rate, perMs: 3 }, capacity, key: (n: number) => n % 3 }), reference: same, order: 'perKey', key: (n) => n % 3,
      }
  }),
  entry('pauseWhen', (choose, text) => (choose(2) === 0
    ? { code: 'pauseWhen(new Gate())', make: () => pauseWhen(new Gate()), reference: same }
    : {
      code: `pauseWhen(${text.other(0)}.pipe(map((n) => n % 2 === 0)))`, make: ({ other }) => pauseWhen(other(0).pipe(map((n) => n % 2 === 0))), reference: same,
    })),
  entry('delay', (choose) => {
    const ms = MS[choose(3)] ?? 2
    const capacity = 1 + choose(4)
    return { code: `delay(${ms}, { capacity: ${capacity} })`, make: () => delay(ms, { capacity }), reference: same }
  }),
  thinning('debounce', (ms) => debounce(ms), last),
  thinning('auditTime', (ms) => auditTime(ms), last),
  thinning('throttleLast', (ms) => throttleLast(ms), last),
  // Not even the first value has to come out: one that passed and is not taken gives its place to the next one that passes.
  thinning('throttleFirst', (ms) => throttleFirst(ms)),
  entry('sample', (choose) => {
    const ms = [2, 1, 5.5][choose(3)] ?? 2
    return [
      { code: `sample(${ms})`, make: () => sample<number>(ms), reference: same, order: 'subset' as const },
      { code: `sample(${ms}, { emitLast: true })`, make: () => sample<number>(ms, { emitLast: true }), reference: same, order: 'subset' as const, atLeast: last },
      { code: 'sample(never(), { emitLast: true })', make: () => sample<number>(never(), { emitLast: true }), reference: last, live: true },
    ][choose(3)] as CompositionUse
  }),
  entry('timeout', () => ({ code: 'timeout({ idleMs: 1e6 })', make: () => timeout({ idleMs: 1e6 }), reference: same })),
  entry('timestamp', () => ({
    code: '(source) => source.pipe(timestamp(), map(({ value }) => value))', make: () => (source) => source.pipe(timestamp(), map(({ value }) => value)), reference: same, plain: true,
  })),
]
