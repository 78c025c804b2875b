import type { CompositionEntry } from '@sluice/testing'
import {
  concatMap, exhaustMap, filterAsync, map, mapAsync, mapAsyncKeyed, mapAsyncUnordered, mergeMap, switchMap, tapAsync,
} from '../index'
import { entry } from './entry'
import { later, odd, same } from './numbers'

/** All that came out of the branches, one after the other. */
const joined = (_values: readonly number[], { tails: [tails = []] }: { readonly tails: readonly (readonly { readonly values: readonly number[] }[])[] }): number[] =>
  tails.flatMap(({ values }) => values)

export const calls: readonly CompositionEntry[] = [
  entry('mapAsync', (choose) => {
    const [concurrency, capacity] = [1 + choose(4), choose(4)]
    return {
      code: `mapAsync(later(clock), { concurrency: ${concurrency}, capacity: ${capacity} })`,
      make: ({ clock }) => mapAsync(later(clock), { concurrency, capacity }), reference: same,
    }
  }),
  entry('mapAsyncUnordered', (choose) => {
    const [concurrency, capacity] = [1 + choose(4), choose(4)]
    return {
      code: `mapAsyncUnordered(later(clock), { concurrency: ${concurrency}, capacity: ${capacity} })`,
      make: ({ clock }) => mapAsyncUnordered(later(clock), { concurrency, capacity }), reference: same, order: 'unordered',
    }
  }),
  entry('mapAsyncKeyed', (choose) => {
    const order = (['ordered', 'perKey', 'unordered'] as const)[choose(3)] ?? 'ordered'
    const concurrency = 1 + choose(4)
    return {
      code: `mapAsyncKeyed((n) => n % 3, later(clock), { concurrency: ${concurrency}, order: '${order}' })`,
      make: ({ clock }) => mapAsyncKeyed((n: number) => n % 3, later(clock), { concurrency, order }), reference: same,
      order: order === 'ordered' ? 'exact' : order, key: (n) => n % 3,
    }
  }),
  entry('filterAsync', (choose) => {
    const concurrency = 1 + choose(4)
    return {
      code: `filterAsync(async (n) => odd(await later(clock)(n)), { concurrency: ${concurrency} })`,
      make: ({ clock }) => filterAsync(async (n: number) => odd(await later(clock)(n)), { concurrency }), reference: (values) => values.filter(odd),
    }
  }),
  entry('tapAsync', (choose) => {
    const concurrency = 1 + choose(4)
    return { code: `tapAsync(later(clock), { concurrency: ${concurrency} })`, make: ({ clock }) => tapAsync(later(clock), { concurrency }), reference: same }
  }),
  entry('concatMap', (_choose, text) => ({
    code: `concatMap((n) => (${text.branch(0)})(${text.other(0, '[n, n + 1]')}))`,
    make: ({ branch, other }) => {
      const inner = branch(0)
      return concatMap((n: number) => inner(other(0, [n, n + 1])))
    },
    reference: joined, branchInputs: (_index, values) => values.map((n) => [n, n + 1]), growth: 6,
  })),
  entry('mergeMap', (choose, text) => {
    const concurrency = 1 + choose(4)
    return {
      code: `mergeMap((n) => (${text.branch(0)})(${text.other(0, '[n, n + 1]')}), { concurrency: ${concurrency} })`,
      make: ({ branch, other }) => {
        const inner = branch(0)
        return mergeMap((n: number) => inner(other(0, [n, n + 1])), { concurrency })
      },
      reference: joined, order: 'unordered', branchInputs: (_index, values) => values.map((n) => [n, n + 1]), growth: 6,
    }
  }),
  entry('switchMap', (_choose, text) => ({
    code: `switchMap((n) => (${text.branch(0)})(${text.other(0, '[n, n + 1]')}))`,
    make: ({ branch, other }) => {
      const inner = branch(0)
      return switchMap((n: number) => inner(other(0, [n, n + 1])))
    },
    // A value may be replaced before its inner source is opened.
    reference: joined, branchInputs: (_index, _values, { heads: [heads = []] }) => heads.map(({ values: [n = NaN] }) => [n, n + 1]), growth: 6,
  })),
  entry('exhaustMap', (_choose, text) => ({
    code: `(source) => source.pipe(exhaustMap((n) => (${text.branch(0)})(${text.other(0, '[n, n + 1]')})))`,
    make: ({ branch, other }) => {
      const inner = branch(0)
      return (source) => source.pipe(exhaustMap((n: number) => inner(other(0, [n, n + 1]))), map((n) => n))
    },
    reference: joined, growth: 6,
  })),
]
