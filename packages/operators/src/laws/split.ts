import { drain, type Source } from '@sluice/core'
import type { CompositionEntry, Inside } from '@sluice/testing'
import { alsoTo, balance, broadcast, map, mergeWith, partition, publish, route, share, unzip, wireTap, type SlowBranch } from '../index'
import { Topic } from '@sluice/core'
import { entry } from './entry'
import { odd, same } from './numbers'

/** All that came out of all branches. */
const union = (_values: readonly number[], { tails }: Inside): number[] => tails.flat().flatMap(({ values }) => values)
/** Every branch has ended by itself. */
const allEnded = (_values: readonly number[], { tails }: Inside): boolean => tails.flat().every(({ end }) => end === 'done')
/** Branches may recover from a failure, each for itself. */
const recovered = (values: readonly number[], inside: Inside): number[] | undefined => (allEnded(values, inside) ? union(values, inside) : undefined)
const SLOW: readonly SlowBranch[] = ['gate', { buffer: 1 }, { buffer: 4 }]
const slow = (policy: SlowBranch): string => (policy === 'gate' ? '' : `, { slowBranch: ${JSON.stringify(policy).replaceAll('"', '')} }`)

export const split: readonly CompositionEntry[] = [
  entry('broadcast', (choose, text) => {
    const slowBranch = SLOW[choose(3)] ?? 'gate'
    return {
      code: `broadcast([${text.branch(0)}, ${text.branch(1)}]${slow(slowBranch)})`,
      make: ({ branch }) => broadcast([branch(0), branch(1)], { slowBranch }),
      reference: union, recovers: recovered, order: 'unordered', ends: allEnded, branchInputs: (_index, values) => [values], growth: 4,
    }
  }),
  entry('partition', (choose, text) => {
    const slowBranch = SLOW[choose(3)] ?? 'gate'
    return {
      code: `partition(odd, ${text.branch(0)}, ${text.branch(1)}${slow(slowBranch)})`,
      make: ({ branch }) => partition(odd, branch(0) as (source: Source<number>) => Source<number>, branch(1) as (source: Source<number>) => Source<number>, { slowBranch }),
      reference: union, recovers: recovered, order: 'unordered', ends: allEnded, branchInputs: (index, values) => [values.filter((n) => odd(n) === (index === 0))], growth: 2,
    }
  }),
  entry('route', (choose, text) => {
    const slowBranch = SLOW[choose(3)] ?? 'gate'
    return {
      code: `route({ a: ${text.branch(0)}, b: ${text.branch(1)} }, (n) => (n % 3 === 0 ? 'a' : n % 3 === 1 ? 'b' : 'none'), { otherwise: (source) => source.to(drain())${slow(slowBranch).replace(/^, \{ | \}$/g, (part) => (part === ', { ' ? ', ' : ''))} })`,
      make: ({ branch }) => route(
        { a: branch(0), b: branch(1) }, (n: number) => (n % 3 === 0 ? 'a' : n % 3 === 1 ? 'b' : 'none'),
        { otherwise: (source: Source<number>) => source.to(drain()) as never, slowBranch },
      ),
      reference: union, recovers: recovered, order: 'unordered', branchInputs: (index, values) => [values.filter((n) => n % 3 === index)], growth: 2,
    }
  }),
  entry('balance', (choose, text) => {
    const copies = 1 + choose(3)
    return {
      code: `balance(${copies}, ${text.branch(0)})`, make: ({ branch }) => balance(copies, branch(0)),
      reference: union, recovers: recovered, order: 'unordered', ends: allEnded, growth: 2,
    }
  }),
  entry('unzip', (_choose, text) => ({
    code: `(source) => source.pipe(map((n) => [n, n + 1]), unzip([${text.branch(0)}, ${text.branch(1)}]))`,
    make: ({ branch }) => (source) => source.pipe(map((n): [number, number] => [n, n + 1]), unzip([branch(0), branch(1)])),
    reference: union, recovers: recovered, order: 'unordered', ends: allEnded, branchInputs: (index, values) => [values.map((n) => n + index)], growth: 4,
  })),
  entry('alsoTo', (choose, text) => {
    const slowBranch = ([undefined, { buffer: 1 }, { buffer: 4 }] as const)[choose(3)]
    return {
      code: `alsoTo((source) => (${text.branch(0)})(source).to(drain())${slow(slowBranch ?? 'gate')})`,
      make: ({ branch }) => {
        const inner = branch(0)
        return alsoTo<number>((source) => inner(source).to(drain()), { slowBranch })
      },
      reference: same, branchInputs: (_index, values) => [values],
    }
  }),
  entry('wireTap', (choose) => {
    const buffer = choose(3)
    return { code: `wireTap(drain(), { buffer: ${buffer} })`, make: () => wireTap<number>(drain(), { buffer }), reference: same }
  }),
  entry('publish', (choose) => {
    const capacity = 1 + choose(3)
    return {
      code: `publish(new Topic({ capacity: ${capacity} }))`, make: () => publish<number>(new Topic<number>({ capacity }), { preventClose: true, preventAbort: true }), reference: same,
    }
  }),
  entry('share', (choose) => {
    const capacity = 1 + choose(4)
    return choose(2) === 0
      ? { code: `(source) => share(source, { capacity: ${capacity} })`, make: () => (source) => share(source, { capacity }), reference: same, once: true }
      : {
        code: `(source) => { const shared = share(source, { capacity: ${capacity}, startAt: 2 }); return shared.pipe(mergeWith(shared)) }`,
        make: () => (source) => {
          const shared = share(source, { capacity, startAt: 2 })
          return shared.pipe(mergeWith(shared))
        },
        reference: (values) => [...values, ...values], order: 'unordered', growth: 2, once: true,
      }
  }),
]
