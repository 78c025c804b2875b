import type { Outcome } from '@sluice/core'

/** Why what a stage still held is given back when it ends; undefined where it has completed, or nobody said. */
export function reasonOf(outcome: Outcome): unknown {
  if (outcome.status === 'failed') return outcome.error
  return outcome.status === 'cancelled' ? outcome.reason : undefined
}
