import { never } from '@sluice/core'
import type { CompositionEntry } from '@sluice/testing'
import {
  defaultIfEmpty, distinct, distinctUntilChanged, elementAt, every, filter, find, ignoreElements, map, skip, skipLast, skipUntil, skipWhile, some, take,
  takeLast, takeUntil, takeWhile, throwIfEmpty, startWith,
} from '../index'
import { entry } from './entry'
import { odd, same } from './numbers'

const small = (n: number): boolean => n < 40
const rare = (n: number): boolean => n % 13 === 5
const none = (): number[] => []

export const select: readonly CompositionEntry[] = [
  entry('filter', (choose) => {
    const rest = choose(2)
    return {
      code: `filter((n) => n % ${rest + 2} === 1)`, make: () => filter((n) => n % (rest + 2) === 1),
      reference: (values) => values.filter((n) => n % (rest + 2) === 1), plain: true,
    }
  }),
  entry('take', (choose) => {
    const count = choose(12)
    return { code: `take(${count})`, make: () => take(count), reference: (values) => values.slice(0, count), ends: (values) => values.length >= count }
  }),
  entry('skip', (choose) => {
    const count = choose(6)
    return { code: `skip(${count})`, make: () => skip(count), reference: (values) => values.slice(count), plain: true }
  }),
  entry('takeLast', (choose) => {
    const count = choose(6)
    return { code: `takeLast(${count})`, make: () => takeLast(count), reference: (values) => (count === 0 ? [] : values.slice(-count)), uponFailure: none, plain: true }
  }),
  entry('skipLast', (choose) => {
    const count = choose(6)
    return { code: `skipLast(${count})`, make: () => skipLast(count), reference: (values) => values.slice(0, Math.max(0, values.length - count)), plain: true }
  }),
  entry('takeWhile', (choose) => {
    const inclusive = choose(2) === 1
    return {
      code: `takeWhile((n) => n < 40${inclusive ? ', { inclusive: true }' : ''})`, make: () => takeWhile(small, { inclusive }),
      reference: (values) => {
        const index = values.findIndex((n) => !small(n))
        return index < 0 ? values : values.slice(0, inclusive ? index + 1 : index)
      },
      ends: (values) => !values.every(small),
    }
  }),
  entry('skipWhile', () => ({
    code: 'skipWhile((n) => n < 40)', make: () => skipWhile(small), plain: true,
    reference: (values) => { const index = values.findIndex((n) => !small(n)); return index < 0 ? [] : values.slice(index) },
  })),
  entry('distinct', (choose) => {
    const keys = 2 + choose(9)
    return {
      code: `distinct({ maxKeys: 1000, key: (n) => n % ${keys} })`, make: () => distinct({ maxKeys: 1000, key: (n: number) => n % keys }), plain: true,
      reference: (values) => values.filter((n, index) => values.findIndex((other) => other % keys === n % keys) === index),
    }
  }),
  entry('distinctUntilChanged', () => ({
    code: 'distinctUntilChanged((a, b) => odd(a) === odd(b))', make: () => distinctUntilChanged((a: number, b: number) => odd(a) === odd(b)), plain: true,
    reference: (values) => values.filter((n, index) => index === 0 || odd(values[index - 1] as number) !== odd(n)),
  })),
  entry('defaultIfEmpty', () => ({
    code: 'defaultIfEmpty(77)', make: () => defaultIfEmpty(77), reference: (values) => (values.length > 0 ? values : [77]), uponFailure: same, plain: true,
  })),
  entry('throwIfEmpty', () => ({
    code: '(source) => source.pipe(startWith(76), throwIfEmpty())', make: () => (source) => source.pipe(startWith(76), throwIfEmpty()),
    reference: (values) => [76, ...values], plain: true,
  })),
  entry('ignoreElements', () => ({ code: 'ignoreElements()', make: () => ignoreElements(), reference: none, plain: true })),
  entry('elementAt', (choose) => {
    const index = choose(8)
    return {
      code: `elementAt(${index}, { otherwise: 78 })`, make: () => elementAt<number, number>(index, { otherwise: 78 }),
      reference: (values) => [values[index] ?? 78], ends: (values) => values.length > index, uponFailure: none,
    }
  }),
  entry('find', () => ({
    code: '(source) => source.pipe(find((n) => n % 13 === 5), map((n) => n ?? 79))', make: () => (source) => source.pipe(find(rare), map((n) => n ?? 79)),
    reference: (values) => [values.find(rare) ?? 79], ends: (values) => values.some(rare), uponFailure: none,
  })),
  entry('some', () => ({
    code: '(source) => source.pipe(some((n) => n % 13 === 5), map(Number))', make: () => (source) => source.pipe(some(rare), map(Number)),
    reference: (values) => [Number(values.some(rare))], ends: (values) => values.some(rare), uponFailure: none,
  })),
  entry('every', () => ({
    code: '(source) => source.pipe(every((n) => n < 40), map(Number))', make: () => (source) => source.pipe(every(small), map(Number)),
    reference: (values) => [Number(values.every(small))], ends: (values) => !values.every(small), uponFailure: none,
  })),
  entry('takeUntil', (choose) => (choose(2) === 0
    ? { code: 'takeUntil(never())', make: () => takeUntil(never()), reference: same, live: true }
    : {
      code: 'takeUntil(clock.sleep(4))', make: ({ clock }) => takeUntil(clock.sleep(4)), order: 'subset', reference: same, ends: () => true,
    })),
  entry('skipUntil', (choose) => (choose(2) === 0
    ? { code: 'skipUntil(AbortSignal.abort())', make: () => skipUntil(AbortSignal.abort()), reference: same }
    : { code: 'skipUntil(never())', make: () => skipUntil(never()), reference: none, live: true })),
]
