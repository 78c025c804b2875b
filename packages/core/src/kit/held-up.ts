import type { Stage } from '../contract/stage'
import { runningStage } from '../engine/running-stage'

/**
 * For stages of one run that another run feeds: `waiting` gets nothing more until `holder` is read. Where that is the only
 * thing the run waits for, nothing can go on, and the run fails with a `DeadlockError`.
 *
 * Of two stages in different runs nothing is noted: each run is the outside of the other one.
 *
 * @param holder undefined: `waiting` may get something again.
 *
 * @example
 * ```ts
 * heldUp(hungryReader, fullReader)
 * ```
 */
export function heldUp(waiting: Stage, holder: Stage | undefined): void {
  const stage = runningStage(waiting)
  const { tasks } = stage.scope
  if (holder === undefined) tasks.heldUp.delete(stage)
  else if (holder.scope === waiting.scope) {
    tasks.heldUp.set(stage, runningStage(holder))
    // The run may be at rest already.
    tasks.look()
  }
}
