import { assertEqual, LawViolation } from '../../probe/assert'
import type { CompositionUse } from './entry'

type Comparison = Pick<CompositionUse, 'order' | 'key'>

/** Throws a LawViolation where `actual` is not all of `expected`, as the order says. */
export function compareWhole(actual: readonly number[], expected: readonly number[], { order = 'exact', key }: Comparison, what: string): void {
  if (order === 'exact') return same(actual, expected, what)
  if (order === 'subset') return subsequence(actual, expected, what)
  same(sorted(actual), sorted(expected), `${what}, sorted`)
  if (order === 'perKey') {
    const theirs = byKey(expected, key)
    for (const [of, values] of byKey(actual, key)) same(values, theirs.get(of) ?? [], `${what}, those of the key ${String(of)}`)
  }
}

/** Throws a LawViolation where `actual` is not the beginning of `expected`, or not part of it, as the order says. */
export function comparePart(actual: readonly number[], expected: readonly number[], { order = 'exact', key }: Comparison, what: string): void {
  if (order === 'exact') return prefix(actual, expected, what)
  if (order === 'subset') return subsequence(actual, expected, what)
  const left = new Map<number, number>()
  for (const value of expected) left.set(value, (left.get(value) ?? 0) + 1)
  for (const value of actual) {
    const count = left.get(value) ?? 0
    if (count === 0) throw new LawViolation(`${what}: ${value} is not, or not so often, in ${list(expected)}; saw ${list(actual)}`)
    left.set(value, count - 1)
  }
  if (order === 'perKey') {
    const theirs = byKey(expected, key)
    for (const [of, values] of byKey(actual, key)) prefix(values, theirs.get(of) ?? [], `${what}, those of the key ${String(of)}`)
  }
}

/** Throws where the values of `part` do not stand in `whole` in this order, others in between allowed. */
export function subsequence(part: readonly number[], whole: readonly number[], what: string): void {
  let at = 0
  for (const value of part) {
    while (at < whole.length && whole[at] !== value) at++
    if (at++ >= whole.length) throw new LawViolation(`${what}: ${value} is out of place, twice there or not of ${list(whole)}; saw ${list(part)}`)
  }
}

function same(actual: readonly number[], expected: readonly number[], what: string): void {
  if (actual.length === expected.length && actual.every((value, index) => value === expected[index])) return
  assertEqual(actual, expected, what)
}

function prefix(actual: readonly number[], expected: readonly number[], what: string): void {
  if (actual.length <= expected.length && actual.every((value, index) => value === expected[index])) return
  throw new LawViolation(`${what}: not the beginning of ${list(expected)}; saw ${list(actual)}`)
}

function byKey(values: readonly number[], key: ((value: number) => unknown) | undefined): Map<unknown, number[]> {
  const groups = new Map<unknown, number[]>()
  for (const value of values) {
    const of = key?.(value)
    const group = groups.get(of)
    if (group) group.push(value)
    else groups.set(of, [value])
  }
  return groups
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

const list = (values: readonly number[]): string => {
  const text = values.slice(0, 60).join(', ')
  return `[${text}${values.length > 60 ? ', …' : ''}]`
}
