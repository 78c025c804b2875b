import { describePipeline, empty, type Operator } from '@sluice/core'

/**
 * How many values an operator works on at once: the most that one of its stages tells as its `concurrency`, the least of one
 * that adapts. 1 where none tells, or without bound.
 */
export function atOnceOf<A, B>(operator: Operator<A, B>): number {
  let most = 1
  for (const { options } of describePipeline(empty().pipe(operator as Operator<never, B>)).stages) {
    const { concurrency } = options
    const told = typeof concurrency === 'object' && concurrency !== null ? ((concurrency as { readonly min?: unknown }).min ?? 1) : concurrency
    if (Number.isSafeInteger(told)) most = Math.max(most, told as number)
  }
  return most
}
