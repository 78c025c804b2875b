import type { Failure } from '../contract/run'
import type { Stage } from '../contract/stage'
import { runningStage } from '../engine/running-stage'

/**
 * For a stage that is fed by another run: what it is about to throw is the failure of that run. The failure of its own
 * run then names the stage where it really began, the item, and the way there.
 *
 * @param stage the stage that throws.
 * @param failure `run.failure` of the other run.
 * @returns the original error, to be thrown.
 *
 * @example
 * ```ts
 * if (feeding.failure) throw failedElsewhere(stage, feeding.failure)
 * ```
 */
export function failedElsewhere(stage: Stage, failure: Failure): unknown {
  const { error, item, attempt } = failure
  const running = runningStage(stage)
  running.scope.failures.began({ stage: running, error, item, attempt, elsewhere: failure })
  return error
}
