import type { Finding, Verdict } from './diagnosis'
import type { Window } from './window'

/** A run that has just begun, or a window this short, says nothing of a pace. */
const WARM_MS = 1000
const SHORT_MS = 400
/** A run that has ended is all there is to be known of it. */
const ENDED_SHORT_MS = 50

/** Told at any time, for they are no matter of pace. */
const ALWAYS: ReadonlySet<Verdict> = /* @__PURE__ */ new Set<Verdict>(['stalled', 'deadlock', 'stop-stuck', 'loss', 'memory', 'loop-blocked'])

/** What may be said of a run in this window: nothing of its pace while it warms up, is paused, or comes to its end. */
export function spoken(window: Window, findings: readonly Finding[]): readonly Finding[] {
  const kept = hasPace(window) ? findings : findings.filter(({ verdict }) => ALWAYS.has(verdict))
  return isRunningDry(window) ? kept.map(downgraded) : kept
}

function hasPace({ now, before, ms, stages }: Window): boolean {
  const { status, elapsedMs } = now
  if (status === 'paused' || status === 'stopping') return false
  if (stages.some(({ limited }) => (limited['pause'] ?? 0) > 0.2)) return false
  if (status !== 'running') return ms >= ENDED_SHORT_MS
  return ms >= SHORT_MS && elapsedMs >= WARM_MS && (before?.status ?? 'running') === 'running'
}

/** The sources have ended, and what is left in the queues is dealt with. */
function isRunningDry({ now, stages }: Window): boolean {
  return now.status === 'running' && stages.every(({ kind, ended, inner, inputs }) => kind !== 'source' || inner || inputs.length > 0 || ended)
}

function downgraded(finding: Finding): Finding {
  return ALWAYS.has(finding.verdict) ? finding : { ...finding, severity: 'info' }
}
