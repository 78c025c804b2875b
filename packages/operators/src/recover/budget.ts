import { type Rate } from '@sluice/core'
import { rateOf, TokenBucket } from '@sluice/core/authoring'

/** Checks the budget of an operator that tries again. Answers what makes, for each run, a function that says whether one more try is in it. */
export function spendingOf(owner: string, budget: Rate | number | undefined): () => (now: number) => boolean {
  if (budget === undefined) return () => () => true
  const rate = rateOf(owner, 'budget', budget)
  return () => {
    const bucket = new TokenBucket(rate)
    return (now) => {
      if (bucket.waitMs(1, now) > 0) return false
      bucket.take(1, now)
      return true
    }
  }
}
