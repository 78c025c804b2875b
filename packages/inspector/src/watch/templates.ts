import type { RunStats, StageStats } from '@sluice/core'

/** A stage as it is shown: one of the run, or all inner ones of a kind together. */
export interface ShownStage extends StageStats {
  /** How many are open, where it stands for several; absent for a single stage. */
  readonly open?: number
}

/** What is added up over the stages that are shown as one. */
const SUMS = ['in', 'out', 'dropped', 'errors', 'retries', 'deadLettered', 'overrun', 'workingMs'] as const

/**
 * Inner stages, such as the thousand sources that `mergeMap` opens, are shown as one for each kind: a page that draws a thousand boxes shows
 * nothing. Those that were merged sum up what those do that are open.
 */
export function withTemplates(stats: RunStats): RunStats {
  if (!stats.stages.some(({ inner }) => inner)) return stats
  const idOf = new Map<string, string>()
  const groups = new Map<string, StageStats[]>()
  for (const stage of stats.stages) {
    const key = stage.inner ? `${stage.name} (inner, ${stage.kind} ${stage.position})` : stage.id
    idOf.set(stage.id, key)
    const group = groups.get(key)
    if (group) group.push(stage)
    else groups.set(key, [stage])
  }
  const stages = [...groups].map(([id, group]) => merged(id, group, idOf))
  return { ...stats, stages }
}

function merged(id: string, group: readonly StageStats[], idOf: ReadonlyMap<string, string>): ShownStage {
  const first = group[0] as StageStats
  const driver = idOf.get(first.driver) ?? first.driver
  const inputs = [...new Set(group.flatMap(({ inputs: ids }) => ids.map((input) => idOf.get(input) ?? input)))].filter((input) => input !== id)
  if (!first.inner) return { ...first, driver, inputs }
  const sums = Object.fromEntries(SUMS.map((name) => [name, group.reduce((sum, stage) => sum + stage[name], 0)])) as Pick<StageStats, typeof SUMS[number]>
  return { ...first, ...sums, id, driver, inputs, open: group.filter(({ ended }) => !ended).length }
}
