import { drain } from '@sluice/core'
import type { CompositionEntry, Inside } from '@sluice/testing'
import { catchError, circuitBreaker, deadLetterItem, fallback, onErrorResume, restart, retrySource, retryItem, supervise } from '../index'
import { entry } from './entry'
import { same } from './numbers'

const andOther = (values: readonly number[], { others: [other] }: Inside): number[] => [...values, ...(other?.values ?? [])]
const joined = (_values: readonly number[], { tails: [tails = []] }: Inside): number[] => tails.flatMap(({ values }) => values)
const each = (_index: number, values: readonly number[]): number[][] => values.map((n) => [n])
const items = { reference: joined, branchInputs: each, growth: 2 }

export const recover: readonly CompositionEntry[] = [
  entry('catchError', (_choose, text) => ({ code: `catchError(() => ${text.other(0)})`, make: ({ other }) => catchError(() => other(0)), reference: same, recovers: andOther })),
  entry('fallback', (_choose, text) => ({ code: `fallback(${text.other(0)})`, make: ({ other }) => fallback(other(0)), reference: same, recovers: andOther })),
  entry('onErrorResume', (_choose, text) => ({
    code: `onErrorResume([${text.other(0)}])`, make: ({ other }) => onErrorResume([other(0)]), reference: andOther, recovers: andOther, uponFailure: same,
  })),
  entry('supervise', (_choose, text) => ({ code: `supervise(${text.branch(0)}, 'skip')`, make: ({ branch }) => supervise(branch(0), 'skip'), ...items })),
  entry('retryItem', (_choose, text) => ({ code: `retryItem(${text.branch(0)}, { times: 2 })`, make: ({ branch }) => retryItem(branch(0), { times: 2 }), ...items })),
  entry('deadLetterItem', (_choose, text) => ({ code: `deadLetterItem(${text.branch(0)}, drain())`, make: ({ branch }) => deadLetterItem(branch(0), drain()), ...items })),
  entry('circuitBreaker', (choose, text) => (choose(2) === 0
    ? {
      code: `circuitBreaker(${text.branch(0)}, { circuit: { failures: 1, resetMs: 10 }, concurrency: 1 })`,
      make: ({ branch }) => circuitBreaker(branch(0), { circuit: { failures: 1, resetMs: 10 }, concurrency: 1 }), ...items,
    }
    : {
      // As many items at once as the branch works on, each handed on when it is done.
      code: `circuitBreaker(${text.branch(0)}, { circuit: { failures: 1, resetMs: 10 }, concurrency: 3 })`,
      make: ({ branch }) => circuitBreaker(branch(0), { circuit: { failures: 1, resetMs: 10 }, concurrency: 3 }), ...items, order: 'unordered',
    })),
  entry('retrySource', (choose) => {
    const times = 1 + choose(3)
    return { code: `retrySource({ times: ${times}, delayMs: 1, resetOnValue: false })`, make: () => retrySource({ times, delayMs: 1, resetOnValue: false }), reference: same, reopens: true, growth: 1 + times }
  }),
  entry('restart', (choose) => {
    const tries = 1 + choose(3)
    return {
      code: `restart({ delayMs: 1, maxDelayMs: 4, budget: { count: ${tries}, perMs: 1e9 } })`,
      make: () => restart({ delayMs: 1, maxDelayMs: 4, budget: { count: tries, perMs: 1e9 } }), reference: same, reopens: true, growth: 1 + tries,
    }
  }),
]
