import type { JointStats } from '../../../contract/stage-stats'
import type { Finding } from '../diagnosis'
import type { Look } from '../evidence'
import { percent, rounded, short } from '../wording'

const NEAR = 0.9
const HEAP = 0.85

/** It holds nearly all that it may, or had no room most of the time because of what its values weigh, and not of how many they are. */
function isHeavy({ size, capacity, weight, maxWeight }: JointStats, full: number): boolean {
  if (weight === null || maxWeight === null) return false
  if (weight > maxWeight * NEAR) return true
  return full > NEAR && size > 0 && (capacity === null || size < capacity - 1) && weight + weight / size >= maxWeight * NEAR
}

/** What is held is near what may be held: by the weight of a queue, or in the heap of the process. */
export const memory: Look = ({ window }) => {
  const found: Finding[] = []
  for (const stage of window.stages) {
    const { queue } = stage.now
    if (!queue || queue.weight === null || queue.maxWeight === null || !isHeavy(queue, Math.max(stage.joint?.full ?? 0, stage.shares?.backpressured ?? 0))) continue
    const share = queue.weight / queue.maxWeight
    found.push({
      verdict: 'memory', severity: 'advice', stage: stage.id, cause: 'weight',
      message: `'${stage.id}' holds ${percent(share)} of the weight it may hold, with ${short(queue.size)} ${queue.size === 1 ? 'value' : 'values'}`,
      advice: `make what is behind '${stage.id}' faster; where values are that heavy, more places do not help`,
      figures: { weight: queue.weight, maxWeight: queue.maxWeight, size: queue.size, share: rounded(share) }, confidence: Math.min(1, share),
    })
  }
  const { heapUsedBytes, heapLimitBytes } = window.now.process
  if (heapUsedBytes !== null && heapLimitBytes !== null && heapUsedBytes > heapLimitBytes * HEAP) {
    const [fullest] = window.stages.filter(({ now }) => now.queue !== null).sort((a, b) => (b.now.queue?.size ?? 0) - (a.now.queue?.size ?? 0))
    const share = heapUsedBytes / heapLimitBytes
    found.push({
      verdict: 'memory', severity: 'problem', stage: fullest?.id ?? null, cause: 'heap',
      message: `the heap is ${percent(share)} full${fullest ? `; of the queues, that of '${fullest.id}' holds most: ${short(fullest.now.queue?.size ?? 0)} values` : ''}`,
      advice: 'bound queues by weight (weigh, maxWeight), or start the process with a larger heap', figures: { heapUsedBytes, heapLimitBytes, share: rounded(share) }, confidence: 0.8,
    })
  }
  return found
}
