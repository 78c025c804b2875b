import type { Look } from '../evidence'
import { percent, rounded } from '../wording'

const MANY = 0.3
/** Fewer tries say nothing of a service. */
const TRIES = 20

/** Most of what a stage does is to try again what has failed. */
export const retries: Look = ({ window }) => window.stages.flatMap((stage) => {
  const tries = Math.max(stage.in + stage.retries, stage.calls?.started ?? 0)
  const share = stage.retries / Math.max(1, tries)
  const waits = (stage.limited['retry'] ?? 0) + (stage.calling['retry'] ?? 0)
  const isStorm = (share > MANY && tries >= TRIES) || (waits > MANY && stage.retries >= 3)
  if (!isStorm) return []
  return [{
    verdict: 'retry-storm', severity: 'advice', stage: stage.id, cause: 'retry',
    message: `${percent(share)} of the tries of '${stage.id}' are repeats${waits > 0.05 ? `, and it waits for the next try ${percent(waits)} of the time` : ''}: what it calls is failing`,
    advice: 'wait longer between tries (a backoff that grows), give up sooner, or put a circuitBreaker before it; more tries only add to the load',
    figures: { repeats: rounded(share), retries: stage.retries, errors: stage.errors, tries, waiting: rounded(waits) },
    confidence: Math.min(1, Math.max(share, waits) * 1.5),
  }]
})
