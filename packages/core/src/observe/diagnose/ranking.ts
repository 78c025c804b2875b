import type { Finding, Severity, Verdict } from './diagnosis'

const SEVERITY: readonly Severity[] = ['problem', 'advice', 'info', 'none']

/**
 * Of two that matter as much the one with the closer reason comes first: a storm of retries keeps all calls out, so that both
 * are true, and only one of them says what to repair.
 */
const CLOSENESS: readonly Verdict[] = [
  'deadlock', 'stop-stuck', 'stalled', 'loss', 'loop-blocked', 'memory',
  'retry-storm', 'hot-key', 'permits', 'alternating', 'amplified', 'starved-side', 'slow-subscriber', 'skew', 'slow-branch', 'head-of-line',
  'outside-saturated', 'threads-transfer', 'threads-uneven', 'cpu-step', 'loop-foreign', 'queue-small', 'sink-bound', 'calls-full', 'source-bound',
  'own-rate', 'gate', 'batch-wait', 'cpu-spread', 'waiting', 'queue-full', 'queue-empty',
]

/** What matters most first. */
export function ranked(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) =>
    SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity) || CLOSENESS.indexOf(a.verdict) - CLOSENESS.indexOf(b.verdict) || b.confidence - a.confidence)
}
