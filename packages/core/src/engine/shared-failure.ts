import type { Outlet } from '../contract/outlet'
import type { Stage } from '../contract/stage'
import { RunningStage, runningStage } from './running-stage'

/**
 * True where `outlet`, or a stage before it, has failed with the very error that `stage` has failed with, and still hands out
 * what came before that. Such an outlet ends by itself, with this error: a stage that gathers several may wait for its end.
 *
 * @param stage has failed: its `failing` is true.
 *
 * @example
 * ```ts
 * // in a puller that gathers `outlets`
 * if (stage.failing) return outlets.some((outlet) => sharesFailure(stage, outlet)) ? PENDING : DONE
 * ```
 */
export function sharesFailure(stage: Stage, outlet: Outlet<unknown>): boolean {
  return outlet instanceof RunningStage && isFailingWith(outlet as RunningStage<unknown>, runningStage(stage).error)
}

function isFailingWith(stage: RunningStage<unknown>, error: unknown): boolean {
  if (stage.outcome !== undefined) return false
  if (stage.failing && Object.is(stage.error, error)) return true
  for (const upstream of stage.upstreams) if (isFailingWith(upstream, error)) return true
  return false
}
