import type { RunStats } from '../../contract/stats'

/** Values that a stage has dropped because it had no room for them. */
export interface Lost {
  readonly stage: string
  readonly count: number
  /** What part of what came. */
  readonly share: number
  readonly capacity: number | null
}

/**
 * Where values were lost since the earlier figures. An operator that drops on purpose, as `throttleFirst` does, loses nothing; a push
 * source drops what comes too fast before it is the run's.
 */
export function lostSince(now: RunStats, before: RunStats | undefined): readonly Lost[] {
  const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
  const overflowed = (now.totals.reasons.dropped['overflow'] ?? 0) - (before?.totals.reasons.dropped['overflow'] ?? 0)
  return now.stages.flatMap((stage) => {
    const was = earlier.get(stage.id)
    const isSource = stage.kind === 'source'
    const count = isSource || (stage.queue && overflowed > 0) ? stage.dropped - (was?.dropped ?? 0) : 0
    if (count <= 0) return []
    const came = isSource ? stage.out - (was?.out ?? 0) + count : stage.in - (was?.in ?? 0)
    return [{ stage: stage.id, count, share: count / Math.max(count, came), capacity: stage.queue?.capacity ?? null }]
  })
}
