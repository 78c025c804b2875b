import { diagnose, type RunStats } from '@sluice/core'
import type { Finding } from '../wire/frames'

export const NOTHING: Finding = { verdict: 'healthy', severity: 'none', stage: null, message: '', advice: '' }

/** What `diagnose` finds between two looks at a run, as it is sent. */
export function foundIn(now: RunStats, before: RunStats | undefined): Finding {
  const { verdict, stage, message, ...more }: { verdict: string; stage: string | null | undefined; message: string; severity?: Finding['severity']; advice?: string } = diagnose(now, before)
  return { verdict, stage: stage ?? null, message, severity: more.severity ?? severityOf(verdict), advice: more.advice ?? '' }
}

/** How much a verdict without a severity matters. */
function severityOf(verdict: string): Finding['severity'] {
  return verdict === 'stalled' ? 'problem' : verdict === 'bottleneck' || verdict === 'sink-bound' ? 'advice' : 'none'
}
