import type { Stage } from '../contract/stage'
import { runningStage } from '../engine/running-stage'

/**
 * True while a source of the stage's run is live, as `interval` is: such a run never ends by itself.
 *
 * For a stage that is fed by another run, and is live where that run is.
 *
 * @param stage any stage of the run, such as its sink's.
 *
 * @example
 * ```ts
 * return { pull, get live() { return readsLive(sinkStageOfTheOtherRun) } }
 * ```
 */
export function readsLive(stage: Stage): boolean {
  for (const { kind, live, outcome } of runningStage(stage).scope.stages) if (kind === 'source' && live && outcome === undefined) return true
  return false
}
