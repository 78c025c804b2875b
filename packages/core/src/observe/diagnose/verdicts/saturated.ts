import type { Finding } from '../diagnosis'
import type { Evidence } from '../evidence'
import type { StageWindow } from '../stage-window'
import { duration, perSecond, rounded } from '../wording'
import { at } from './cpu'

/** From here on most of what a further call would bring is taken from the others. */
const GROWS = 0.5
/** On a loop this busy calls take longer because of that. */
const LOOP = 0.8

/** Calls are all out, and each takes the longer the more there are: what is called serves no more of them at once. */
export function saturated({ window, walk }: Evidence, stage: StageWindow, busy: number): Finding | undefined {
  const { calls, id } = stage
  const growth = calls?.all.serviceMs?.growth ?? 0
  if (!calls || calls.bound === null || calls.bound < 2 || calls.settled === 0 || growth <= GROWS) return undefined
  if ((window.loop.utilization ?? window.loop.ours) > LOOP) return undefined
  // A straight line falls below what a call takes on a service that is free; what the shortest one took is no more than that.
  const alone = Math.max(calls.all.serviceMs?.min ?? 0, calls.meanMs * (1 - (growth * (calls.average - 1)) / Math.max(1, calls.average)))
  const perSec = (calls.settled / window.ms) * 1000
  // By Little's law: so many are served at once, if each takes as long as it does alone; what a window has counted is a little off.
  const enough = Math.min(calls.bound, Math.max(1, Math.ceil(((perSec * alone) / 1000) * 0.95)))
  if (enough >= calls.bound) return undefined
  return {
    verdict: 'outside-saturated', severity: 'advice', stage: id, cause: 'outside',
    message: `more calls of '${id}' at once only take longer: with ${calls.bound} each takes ${duration(calls.meanMs)}, alone about ${duration(alone)}${at(stage)}`,
    advice: `concurrency ${calls.bound} → ${enough} keeps about ${perSecond(perSec)}, and each call is answered sooner; for more, what is called has to serve more at once`,
    figures: { atBound: rounded(busy), growth: rounded(growth), callMs: rounded(calls.meanMs), aloneMs: rounded(alone), rate: rounded(perSec), concurrency: calls.bound, suggested: enough },
    confidence: (walk?.confidence ?? busy) * Math.min(1, growth + 0.3),
  }
}
