import type { CompositionEntry } from '@sluice/testing'
import { dematerialize, endWith, enumerate, flatMap, map, mapStateful, materialize, pairwise, scan, startWith, type Notification } from '../index'
import { entry } from './entry'
import { digest, odd } from './numbers'

const tripled = (value: number): number => (value * 3 + 1) % 1_000_003

export const transform: readonly CompositionEntry[] = [
  entry('map', () => ({
    code: 'map((n) => (n * 3 + 1) % 1_000_003)', make: () => map(tripled), reference: (values) => values.map(tripled), plain: true,
  })),
  entry('flatMap', (choose) => {
    const copies = choose(3)
    const several = (n: number): number[] => (odd(n) ? [n] : Array.from({ length: copies }, (_, i) => n + i))
    return {
      code: `flatMap((n) => (odd(n) ? [n] : Array.from({ length: ${copies} }, (_, i) => n + i)))`,
      make: () => flatMap(several), reference: (values) => values.flatMap(several), growth: Math.max(1, copies), plain: true,
    }
  }),
  entry('scan', () => {
    const add = (sum: number, n: number): number => (sum + n) % 1_000_003
    return {
      code: 'scan((sum, n) => (sum + n) % 1_000_003, 5)', make: () => scan(add, 5),
      reference: (values) => { let sum = 5; return values.map((n) => (sum = add(sum, n))) }, plain: true,
    }
  }),
  entry('enumerate', () => ({
    code: '(source) => source.pipe(enumerate(), map(digest))',
    make: () => (source) => source.pipe(enumerate(), map(digest)),
    reference: (values) => values.map((n, index) => digest([index, n])), plain: true,
  })),
  entry('pairwise', () => ({
    code: '(source) => source.pipe(pairwise(), map(digest))',
    make: () => (source) => source.pipe(pairwise(), map(digest)),
    reference: (values) => values.slice(1).map((n, index) => digest([values[index] as number, n])), plain: true,
  })),
  entry('startWith', (choose) => {
    const extra = [71, 72, 73].slice(0, choose(4))
    return { code: `startWith(${extra.join(', ')})`, make: () => startWith(...extra), reference: (values) => [...extra, ...values], plain: true }
  }),
  entry('endWith', (choose) => {
    const extra = [81, 82, 83].slice(0, choose(4))
    return { code: `endWith(${extra.join(', ')})`, make: () => endWith(...extra), reference: (values) => [...values, ...extra], uponFailure: (values) => values, plain: true }
  }),
  entry('mapStateful', (choose) => {
    const flush = choose(2) === 1
    return {
      code: `mapStateful(() => 0, (count, n) => [count + 1, digest([count, n])]${flush ? ', { flush: (count) => [count] }' : ''})`,
      make: () => mapStateful(() => 0, (count, n: number) => [count + 1, digest([count, n])], flush ? { flush: (count) => [count] } : {}),
      reference: (values) => [...values.map((n, index) => digest([index, n])), ...(flush ? [values.length] : [])],
      uponFailure: (values) => values.map((n, index) => digest([index, n])), plain: true,
    }
  }),
  entry('materialize', () => {
    const told = (note: Notification<number>): number => (note.kind === 'value' ? note.value : note.kind === 'completed' ? 91 : 92)
    return {
      code: "(source) => source.pipe(materialize(), map((note) => (note.kind === 'value' ? note.value : note.kind === 'completed' ? 91 : 92)))",
      make: () => (source) => source.pipe(materialize(), map(told)),
      reference: (values) => [...values, 91], recovers: (values) => [...values, 92],
    }
  }),
  entry('dematerialize', (choose) => {
    const end = choose(2) === 1
    const note = (n: number): Notification<number> => (end && n % 7 === 6 ? { kind: 'completed' } : { kind: 'value', value: n })
    const upTo = (values: readonly number[]): number[] => {
      const index = end ? values.findIndex((n) => n % 7 === 6) : -1
      return index < 0 ? [...values] : values.slice(0, index)
    }
    return {
      code: `(source) => source.pipe(map((n) => (${end ? "n % 7 === 6 ? { kind: 'completed' } : " : ''}{ kind: 'value', value: n })), dematerialize())`,
      make: () => (source) => source.pipe(map(note), dematerialize()), reference: upTo, ends: (values) => end && values.some((n) => n % 7 === 6),
    }
  }),
]
