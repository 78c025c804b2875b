import type { RunStats } from '../../contract/stats'
import { stageWindow, type StageWindow } from './stage-window'
import { unitsOf, type Unit } from './units'

/** The event loop between two readings. */
export interface LoopWindow {
  /** What part of the time the loop was at work; null where the platform does not tell. */
  readonly utilization: number | null
  /** What part of the time the stages of all runs were on the CPU. */
  readonly ours: number
  /** What part of the time other code was. */
  readonly foreign: number
}

/** A run between two readings of its figures. Everything that looks for verdicts looks here. */
export interface Window {
  readonly now: RunStats
  readonly before: RunStats | undefined
  /** How long it is, in ms. */
  readonly ms: number
  /** Values that the outermost sources gave. */
  readonly read: number
  readonly stages: readonly StageWindow[]
  readonly byId: ReadonlyMap<string, StageWindow>
  readonly units: readonly Unit[]
  readonly loop: LoopWindow
  /** Who takes the values of a stage. */
  consumersOf(id: string): readonly StageWindow[]
  /** Whether values of a stage go to the other, however far behind it that is; of itself it is not behind. */
  isBefore(id: string, other: string): boolean
}

/** What a run did between two readings; since its begin where there is one reading. */
export function windowOf(now: RunStats, before: RunStats | undefined): Window {
  const ms = Math.max(now.elapsedMs - (before?.elapsedMs ?? 0), 1e-6)
  const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
  const stages = now.stages.map((stage) => stageWindow(stage, earlier.get(stage.id), ms))
  const byId = new Map(stages.map((stage) => [stage.id, stage]))
  const consumers = new Map<string, StageWindow[]>()
  for (const stage of stages) {
    for (const input of stage.inputs) {
      const known = consumers.get(input)
      if (known) known.push(stage)
      else consumers.set(input, [stage])
    }
  }
  return {
    now, before, ms, stages,
    read: now.totals.read - (before?.totals.read ?? 0),
    byId,
    units: unitsOf(stages),
    loop: loopWindow(now, before, ms, stages),
    consumersOf: (id) => consumers.get(id) ?? [],
    isBefore: (id, other) => id !== other && isBefore(byId, id, other),
  }
}

/** Whether values of `id` go to `other`, however far behind it that is. */
function isBefore(byId: ReadonlyMap<string, StageWindow>, id: string, other: string): boolean {
  const seen = new Set<string>()
  const open = [other]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(byId.get(next)?.inputs ?? []))
  }
  return false
}

function loopWindow(now: RunStats, before: RunStats | undefined, ms: number, stages: readonly StageWindow[]): LoopWindow {
  const own = stages.reduce((sum, stage) => sum + stage.workingMs, 0)
  const ours = Math.min(1, Math.max(own, now.process.workingMs - (before?.process.workingMs ?? 0)) / ms)
  const { loopUtilization } = now.process
  if (loopUtilization === null) return { utilization: null, ours, foreign: 0 }
  const earlier = (before?.process.loopUtilization ?? 0) * (before?.elapsedMs ?? 0)
  const utilization = Math.min(1, Math.max(0, (loopUtilization * now.elapsedMs - earlier) / ms))
  return { utilization, ours, foreign: Math.max(0, utilization - ours) }
}
