import type { Stage } from '../contract/stage'
import { runningStage } from '../engine/running-stage'
import { noteHandOver } from '../copies/handed-over'
import { describeFailure } from '../observe/failure'

/**
 * A run has failed, and its sink hands the error over to what another run reads: the other run is to tell where the failure began.
 *
 * Only what reads the error from a queue or a topic looks for that, so a stage that throws the same object by itself is told as the origin.
 */
export function handOver(stage: Stage, error: unknown): void {
  const { scope } = runningStage(stage)
  if (scope.failures.originOf(error) === undefined) return
  // Not the description itself, which would keep the run alive for the errors that may come while it ends.
  const { stage: name, position, item, attempt, path, site, message } = describeFailure(scope, error, scope.redact)
  noteHandOver({ stage: name, position, item, attempt, error, path, site, message, suppressed: [] })
}
