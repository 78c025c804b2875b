import { OptionError } from '@sluice/core'
import { finiteNumber, RingBuffer, wholeNumber } from '@sluice/core/authoring'

/** At most so many tries in so many ms. */
export interface Budget {
  readonly tries: number
  readonly perMs: number
}

export function checkBudget(owner: string, budget: Budget): void {
  wholeNumber(owner, 'budget.tries', budget.tries)
  if (finiteNumber(owner, 'budget.perMs', budget.perMs) === 0) {
    throw new OptionError(owner, 'budget.perMs', budget.perMs, 'above 0')
  }
}

/** Answers whether one more try is within the budget, and books it. */
export function spending(budget: Budget | undefined): (now: number) => boolean {
  if (budget === undefined) return () => true
  const tries = new RingBuffer<number>(budget.tries)
  return (now) => {
    while (!tries.isEmpty && now - (tries.at(0) as number) >= budget.perMs) tries.shift()
    return tries.push(now)
  }
}
