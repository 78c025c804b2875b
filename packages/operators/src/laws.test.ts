import { describe, expect, it } from 'vitest'
import { operatorLaws, type OperatorEntry } from '@sluice/testing'
import * as operators from './index'
import { batch, buffer, filter, flatMap, map, mapAsync, mapAsyncUnordered, merge, take, tap } from './index'

const even = (value: unknown): boolean => Number(value) % 2 === 0
const chunks = (values: readonly unknown[], size: number): unknown[] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size))
const probing = (probe: (value: unknown) => void) => (value: unknown) => {
  probe(value)
  return value
}
const later = async (value: unknown) => {
  if (Number(value) % 3 === 0) await Promise.resolve()
  return value
}

/** One entry per export, with a reference on arrays. An export without one fails below. */
const entries: Record<keyof typeof operators, OperatorEntry[]> = {
  map: [{ name: 'map', make: () => map((value) => [value]), reference: (values) => values.map((value) => [value]),
    withProbe: (probe) => map((value) => { probe(value); return [value] }) }],
  filter: [{ name: 'filter', make: () => filter(even), reference: (values) => values.filter(even),
    withProbe: (probe) => filter((value) => { probe(value); return even(value) }) }],
  take: [
    { name: 'take(4)', make: () => take(4), reference: (values) => values.slice(0, 4), takes: 4 },
    { name: 'take(0)', make: () => take(0), reference: () => [], takes: 0 },
  ],
  flatMap: [{ name: 'flatMap', make: () => flatMap((value) => (even(value) ? [value, value, value] : new Set([value]))),
    reference: (values) => values.flatMap((value) => (even(value) ? [value, value, value] : [value])),
    withProbe: (probe) => flatMap((value) => { probe(value); return even(value) ? [value, value, value] : [value] }) }],
  tap: [{ name: 'tap', make: () => tap(() => {}), reference: (values) => [...values], withProbe: (probe) => tap(probe) }],
  batch: [
    { name: 'batch(3)', make: () => batch(3), reference: (values) => chunks(values, 3) },
    { name: 'batch(1)', make: () => batch(1), reference: (values) => chunks(values, 1) },
    { name: 'batch(100, { withinMs: 60_000 })', make: () => batch(100, { withinMs: 60_000 }), reference: (values) => chunks(values, 100) },
  ],
  buffer: [
    { name: 'buffer(1)', make: () => buffer(1), reference: (values) => [...values], ahead: 1 },
    { name: 'buffer(2)', make: () => buffer(2), reference: (values) => [...values], ahead: 2 },
    { name: 'buffer(300)', make: () => buffer(300), reference: (values) => [...values], ahead: 300 },
  ],
  mapAsync: [
    { name: 'mapAsync, concurrency 1, capacity 0', make: () => mapAsync(later, { concurrency: 1, capacity: 0 }), reference: (values) => [...values], ahead: 1,
      withProbe: (probe) => mapAsync(async (value) => probing(probe)(value), { concurrency: 1, capacity: 0 }) },
    { name: 'mapAsync, concurrency 4', make: () => mapAsync(later, { concurrency: 4 }), reference: (values) => [...values], ahead: 8,
      withProbe: (probe) => mapAsync(async (value) => probing(probe)(await later(value)), { concurrency: 4 }) },
    { name: 'mapAsync of a plain function', make: () => mapAsync((value) => value, { concurrency: 2 }), reference: (values) => [...values], ahead: 4,
      withProbe: (probe) => mapAsync(probing(probe), { concurrency: 2 }) },
  ],
  mapAsyncUnordered: [{ name: 'mapAsyncUnordered', make: () => mapAsyncUnordered(later, { concurrency: 4 }), reference: (values) => [...values], ordered: false, ahead: 8,
    withProbe: (probe) => mapAsyncUnordered(async (value) => probing(probe)(await later(value)), { concurrency: 4 }) }],
  merge: [
    { name: 'merge()', make: () => merge(), reference: (values) => [...values] },
    { name: 'merge([])', make: () => merge([]), reference: (values) => [...values] },
    { name: 'merge([...])', make: () => merge(['a', 'b']), reference: (values) => [...values, 'a', 'b'], ordered: false, ahead: 2 },
  ],
}

it('O0: every exported operator is under law', () => {
  expect(Object.keys(entries).sort()).toEqual(Object.keys(operators).sort())
})

describe.each(Object.values(entries).flat())('$name', (entry) => {
  for (const { name, run } of operatorLaws(entry)) it(name, run)
})
