import type { Outlet } from '../contract/outlet'
import type { Stage } from '../contract/stage'
import { isStage } from './is-stage'
import { runningStage, type RunningStage } from './running-stage'
import { someBefore } from './upstreams'

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
  if (!isStage(outlet)) return false
  const { error } = runningStage(stage)
  const runs = ({ outcome }: RunningStage<unknown>): boolean => outcome === undefined
  return someBefore(outlet, (each) => runs(each) && each.failing && Object.is(each.error, error), runs)
}
