import type { Look } from '../evidence'
import { duration, percent, rounded, short } from '../wording'

const OFTEN = 0.3

/** Results that are there wait for one that is not, because they are handed on in order. */
export const order: Look = ({ window }) => window.units.flatMap(({ stage }) => {
  const { calls } = stage
  if (!calls || calls.bound === null || calls.bound < 2) return []
  const crowded = stage.calling['order'] ?? 0
  if (crowded <= OFTEN) return []
  const free = Math.max(0, calls.bound - calls.average)
  const slowest = Math.max(calls.oldestMs ?? 0, calls.all.serviceMs?.max ?? 0)
  return [{
    verdict: 'head-of-line' as const, severity: 'advice' as const, stage: stage.id, cause: 'order',
    message: `results of '${stage.id}' wait behind one slow call ${percent(crowded)} of the time: ${short(free)} of ${calls.bound} places are free, and the slowest call took ${duration(slowest)}`,
    advice: 'use the unordered form (mapAsyncUnordered) if order does not matter, or give calls a timeoutMs',
    figures: { waiting: rounded(crowded), freePlaces: rounded(free), concurrency: calls.bound, slowestMs: rounded(slowest), callMs: rounded(calls.meanMs) },
    confidence: Math.min(1, crowded * 1.5),
  }]
})
