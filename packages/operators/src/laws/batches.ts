import type { CompositionEntry } from '@sluice/testing'
import {
  batch, batchWhileBusy, conflate, conflateWithSeed, expand, flatMap, groupBy, map, mergeMap, sessionWindow, windowCount, windowEventTime, windowTime,
} from '../index'
import { entry } from './entry'
import { digest, pieces, same } from './numbers'

/** As many as fit; a heavier one alone. */
function weighed(values: readonly number[], count: number, maxWeight: number): number[][] {
  const all: number[][] = []
  let total = Infinity
  for (const value of values) {
    const weight = value % 5
    const last = all.at(-1)
    if (last === undefined || last.length === count || total >= maxWeight || total + weight > maxWeight) {
      all.push([value])
      total = weight
    } else {
      last.push(value)
      total += weight
    }
  }
  return all
}

/** Windows by count; at the end a shorter one where values have been in none. */
function sliding(values: readonly number[], size: number, every: number): number[][] {
  const all: number[][] = []
  for (let start = 0; start === 0 ? values.length > 0 : start - every + size < values.length; start += every) all.push(values.slice(start, start + size))
  return all
}

const key = (n: number): number => n % 3

export const batches: readonly CompositionEntry[] = [
  entry('batch', (choose) => {
    const count = 1 + choose(5)
    const kind = choose(3)
    if (kind === 1) {
      return {
        code: `(source) => source.pipe(batch(${count}, { maxWeight: 6, weigh: (n) => n % 5 }), map(digest))`,
        make: () => (source) => source.pipe(batch(count, { maxWeight: 6, weigh: (n) => n % 5 }), map(digest)),
        reference: (values) => weighed(values, count, 6).map(digest),
      }
    }
    if (kind === 2) {
      return {
        code: `(source) => source.pipe(batch(${count}, { withinMs: 2 }), flatMap((list) => list))`,
        make: () => (source) => source.pipe(batch(count, { withinMs: 2 }), flatMap((list) => list)), reference: same,
      }
    }
    return {
      code: `(source) => source.pipe(batch(${count}), map(digest))`, make: () => (source) => source.pipe(batch(count), map(digest)),
      reference: (values) => pieces(values, count).map(digest), plain: true,
    }
  }),
  entry('windowCount', (choose) => {
    const size = 1 + choose(5)
    const every = 1 + choose(size)
    return {
      code: `(source) => source.pipe(windowCount(${size}, { every: ${every} }), map(digest))`,
      make: () => (source) => source.pipe(windowCount(size, { every }), map(digest)),
      reference: (values) => sliding(values, size, every).map(digest), plain: true,
    }
  }),
  entry('windowTime', (choose) => {
    const ms = [5, 0.7, 3.3][choose(3)] as number
    const maxCount = 1 + choose(20)
    return {
      code: `(source) => source.pipe(windowTime(${ms}, { maxCount: ${maxCount} }), flatMap((list) => list))`,
      make: () => (source) => source.pipe(windowTime(ms, { maxCount }), flatMap((list) => list)), reference: same,
    }
  }),
  entry('sessionWindow', (choose) => {
    const ms = [5, 0.7, 3.3][choose(3)] as number
    const maxCount = 1 + choose(20)
    return {
      code: `(source) => source.pipe(sessionWindow(${ms}, { maxCount: ${maxCount}, maxMs: 4.4 }), flatMap((list) => list))`,
      make: () => (source) => source.pipe(sessionWindow(ms, { maxCount, maxMs: 4.4 }), flatMap((list) => list)), reference: same,
    }
  }),
  entry('windowEventTime', (choose) => {
    const every = [10, 5][choose(2)] as number
    const options = { sizeMs: 10, everyMs: every, time: (n: number) => n, latenessMs: 1e9, maxWindows: 10_000, maxCount: 1000 }
    return {
      code: `(source) => source.pipe(windowEventTime({ sizeMs: 10, everyMs: ${every}, time: (n) => n, latenessMs: 1e9, maxWindows: 10_000, maxCount: 1000 }), map(({ start, values }) => digest([start, ...values])))`,
      make: () => (source) => source.pipe(windowEventTime(options), map(({ start, values }) => digest([start + 10, ...values]))),
      reference: (values) => {
        const windows = new Map<number, number[]>()
        for (const n of values) {
          for (let start = Math.floor((n - 10) / every + 1) * every; start <= n; start += every) windows.set(start, [...(windows.get(start) ?? []), n])
        }
        return [...windows].sort(([a], [b]) => a - b).map(([start, list]) => digest([start + 10, ...list]))
      },
      growth: 10 / every,
    }
  }),
  entry('batchWhileBusy', (choose) => {
    const maxCount = 1 + choose(20)
    return {
      code: `(source) => source.pipe(batchWhileBusy({ maxCount: ${maxCount} }), flatMap((list) => list))`,
      make: () => (source) => source.pipe(batchWhileBusy({ maxCount }), flatMap((list) => list)), reference: same,
    }
  }),
  entry('conflate', () => ({
    code: '(source) => source.pipe(map((n) => [n]), conflate((all, [n]) => [...all, n]), flatMap((list) => list))',
    make: () => (source) => source.pipe(map((n) => [n]), conflate((all, more) => [...all, ...more]), flatMap((list) => list)), reference: same,
  })),
  entry('conflateWithSeed', () => ({
    code: '(source) => source.pipe(conflateWithSeed((n) => [n], (all, n) => [...all, n]), flatMap((list) => list))',
    make: () => (source) => source.pipe(conflateWithSeed((n) => [n], (all: number[], n) => [...all, n]), flatMap((list) => list)), reference: same,
  })),
  entry('expand', (choose) => {
    const more = choose(3)
    const several = (n: number): number[] => Array.from({ length: 1 + more }, (_, i) => n + i)
    return {
      code: `expand((n) => Array.from({ length: ${1 + more} }, (_, i) => n + i))`, make: () => expand(several),
      reference: (values) => values.flatMap(several), order: more === 0 ? 'exact' : 'subset', atLeast: same, growth: 1 + more,
    }
  }),
  entry('groupBy', (choose, text) => {
    const capacity = 1 + choose(4)
    const evict = choose(2) === 1
    const options = { maxGroups: evict ? 2 : 3, capacity, onGroupLimit: evict ? 'evict' as const : 'fail' as const }
    return {
      code: `(source) => source.pipe(groupBy((n) => n % 3, { maxGroups: ${options.maxGroups}, capacity: ${capacity}, onGroupLimit: '${options.onGroupLimit}' }), mergeMap((group) => (${text.branch(0)})(group.source), { concurrency: 3 }))`,
      make: ({ branch }) => {
        const inner = branch(0)
        return (source) => source.pipe(groupBy(key, options), mergeMap((group) => inner(group.source), { concurrency: 3 }))
      },
      reference: (_values, { tails: [tails = []] }) => tails.flatMap(({ values }) => values), order: 'unordered', growth: 4,
    }
  }),
]
