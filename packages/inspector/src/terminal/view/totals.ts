import type { RunStats } from '@sluice/core'

/** What sinks have dealt with. */
export function doneOf(stats: RunStats): number {
  return stats.stages.reduce((sum, { kind, inner, out }) => (kind === 'sink' && !inner ? sum + out : sum), 0)
}

/** Values that nobody got: dropped on purpose, or read and not dealt with when the run ended. */
export function lostOf({ totals }: RunStats): number {
  return totals.dropped + totals.abandoned
}

/** What sinks have dealt with a second since earlier figures, or since the beginning. */
export function rateOf(now: RunStats, before: RunStats | undefined): number {
  const seconds = (now.elapsedMs - (before?.elapsedMs ?? 0)) / 1000
  return seconds > 0 ? Math.max(0, doneOf(now) - (before ? doneOf(before) : 0)) / seconds : 0
}

/** Whether a run has ended. */
export function hasEnded({ status }: Pick<RunStats, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'aborted'
}
