import { never } from '@sluice/core'
import type { CompositionEntry, Inside, Passage } from '@sluice/testing'
import {
  combineLatest, combineLatestWith, concat, concatWith, interleave, map, merge, mergeWith, MergeHub, mergePriority, mergeSorted, race, raceWith, withLatestFrom, zip,
  zipWith, zipLongest,
} from '../index'
import { entry } from './entry'
import { digest, same } from './numbers'

type Given = Pick<Passage, 'values' | 'end'>
const NOTHING: Given = { values: [], end: 'open' }
const first = ({ others }: Inside): Given => others[0] ?? NOTHING
const all = (values: readonly number[], { others }: Inside): number[] => [...values, ...others.flatMap((other) => other.values)]

/** Value by value from each list that has one. */
const turns = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [a, b].filter((list) => i < list.length).map((list) => list[i] as number)).flat()

const pairs = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.min(a.length, b.length) }, (_, i) => digest([a[i] as number, b[i] as number]))

const rows = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => digest([a[i] ?? 0, b[i] ?? 0]))

/** Always the smaller of the two that stand first, of `a` where they are equal; to the end of both, or until `a` would have to be known. */
function merged(a: readonly number[], b: readonly number[], toTheEnd: boolean): number[] {
  const out: number[] = []
  let [i, j] = [0, 0]
  while (i < a.length || (toTheEnd && j < b.length)) {
    if (j === b.length || (i < a.length && (a[i] as number) <= (b[j] as number))) out.push(a[i++] as number)
    else out.push(b[j++] as number)
  }
  return out
}

export const combine: readonly CompositionEntry[] = [
  entry('mergeWith', (choose, text) => (choose(2) === 0
    ? { code: `mergeWith(${text.other(0)})`, make: ({ other }) => mergeWith(other(0)), reference: all, order: 'unordered' }
    : { code: `mergeWith(${text.other(0)}, ${text.other(1)})`, make: ({ other }) => mergeWith(other(0), other(1)), reference: all, order: 'unordered' })),
  entry('merge', (_choose, text) => ({ code: `(source) => merge(source, ${text.other(0)})`, make: ({ other }) => (source) => merge(source, other(0)), reference: all, order: 'unordered' })),
  entry('mergePriority', (choose, text) => {
    const strict = choose(2) === 1
    return {
      code: `mergePriority([${text.other(0)}], ${strict ? '{ strict: true }' : '{ weights: [3, 1] }'})`,
      make: ({ other }) => mergePriority([other(0)], strict ? { strict: true } : { weights: [3, 1] }), reference: all, order: 'unordered',
    }
  }),
  entry('MergeHub', () => ({
    code: '(source) => { const hub = new MergeHub(); hub.attach(source); hub.close(); return hub.source }',
    make: () => (source) => {
      const hub = new MergeHub<number>()
      hub.attach(source).done.catch(() => {})
      hub.close()
      return hub.source
    },
    // A failing source of a hub fails its own `done` only.
    reference: same, recovers: same, once: true,
  })),
  entry('concatWith', (_choose, text) => ({ code: `concatWith(${text.other(0)}, ${text.other(1)})`, make: ({ other }) => concatWith(other(0), other(1)), reference: all, uponFailure: same })),
  entry('concat', (_choose, text) => ({ code: `(source) => concat(source, ${text.other(0)})`, make: ({ other }) => (source) => concat(source, other(0)), reference: (values, inside) => [...values, ...first(inside).values], uponFailure: same })),
  entry('interleave', (_choose, text) => ({
    code: `interleave(${text.other(0)})`, make: ({ other }) => interleave(other(0)), reference: (values, inside) => turns(values, first(inside).values),
  })),
  entry('zipWith', (_choose, text) => ({
    code: `(source) => source.pipe(zipWith(${text.other(0)}), map(digest))`, make: ({ other }) => (source) => source.pipe(zipWith(other(0)), map(digest)),
    reference: (values, inside) => pairs(values, first(inside).values),
    ends: (values, inside) => first(inside).end !== 'open' && first(inside).values.length <= values.length,
  })),
  entry('zip', (_choose, text) => ({
    code: `(source) => zip(source, ${text.other(0)}).pipe(map(digest))`, make: ({ other }) => (source) => zip(source, other(0)).pipe(map(digest)),
    reference: (values, inside) => pairs(values, first(inside).values),
    ends: (values, inside) => first(inside).end !== 'open' && first(inside).values.length <= values.length,
  })),
  entry('zipLongest', (_choose, text) => ({
    code: `(source) => source.pipe(zipLongest([${text.other(0)}], { fill: 0 }), map(digest))`,
    make: ({ other }) => (source) => source.pipe(zipLongest([other(0)], { fill: 0 }), map(digest)),
    reference: (values, inside) => rows(values, first(inside).values), uponFailure: (values, inside) => rows(values, first(inside).values).slice(0, values.length),
  })),
  entry('combineLatest', (_choose, text) => ({
    code: `(source) => combineLatest({ source, other: ${text.other(0, '[5]')} }).pipe(map(({ source, other }) => digest([source, other])))`,
    make: ({ other }) => (source) => combineLatest({ source, other: other(0, [5]) }).pipe(map((both) => digest([both.source, both.other]))),
    reference: (values, inside) => (first(inside).values.length > 0 ? values.map((n) => digest([n, 5])) : []),
    ends: (_values, inside) => first(inside).end === 'done' && first(inside).values.length === 0,
  })),
  entry('combineLatestWith', (choose, text) => (choose(2) === 0
    ? {
      code: `(source) => source.pipe(combineLatestWith(${text.other(0, '[5]')}), map(digest))`,
      make: ({ other }) => (source) => source.pipe(combineLatestWith(other(0, [5])), map(digest)),
      reference: (values, inside) => (first(inside).values.length > 0 ? values.map((n) => digest([n, 5])) : []),
      ends: (_values, inside) => first(inside).end === 'done' && first(inside).values.length === 0,
    }
    : {
      // How they meet is left to chance; how often is not.
      code: `(source) => source.pipe(combineLatestWith(${text.other(0)}), map(() => 1))`, make: ({ other }) => (source) => source.pipe(combineLatestWith(other(0)), map(() => 1)),
      reference: (values, inside) => (values.length > 0 && first(inside).values.length > 0 ? Array.from({ length: values.length + first(inside).values.length - 1 }, () => 1) : []),
      ends: (_values, inside) => first(inside).end === 'done' && first(inside).values.length === 0, growth: 2,
    })),
  entry('withLatestFrom', (_choose, text) => ({
    code: `(source) => source.pipe(withLatestFrom(${text.other(0)}), map(([n]) => n))`, make: ({ other }) => (source) => source.pipe(withLatestFrom(other(0)), map(([n]) => n)),
    reference: (values, inside) => (first(inside).values.length > 0 ? values : []),
    ends: (_values, inside) => first(inside).end === 'done' && first(inside).values.length === 0,
  })),
  entry('race', (_choose, text) => ({
    code: `(source) => race(source, ${text.other(0)})`, make: ({ other }) => (source) => race(source, other(0)),
    reference: (values, inside) => (values.length > 0 ? values : first(inside).values), ends: (values, inside) => values.length === 0 && first(inside).end === 'done',
  })),
  entry('raceWith', (choose, text) => (choose(2) === 0
    ? { code: 'raceWith(never())', make: () => raceWith(never()), reference: same, live: true }
    : {
      code: `raceWith(${text.other(0)})`, make: ({ other }) => raceWith(other(0)),
      reference: (values, inside) => (values.length > 0 ? values : first(inside).values), ends: (values, inside) => values.length === 0 && first(inside).end === 'done',
    })),
  entry('mergeSorted', (_choose, text) => ({
    code: `mergeSorted([${text.other(0)}], (a, b) => a - b)`, make: ({ other }) => mergeSorted([other(0)], (a: number, b: number) => a - b),
    reference: (values, inside) => merged(values, first(inside).values, true), uponFailure: (values, inside) => merged(values, first(inside).values, false),
  })),
]
