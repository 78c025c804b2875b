import { STAGE, speaks } from '../copies/brand'
import type { RunningStage } from './running-stage'

/** Whether an object is a stage in a run, of this copy or of another one. */
export function isStage(value: unknown): value is RunningStage<unknown> {
  return typeof value === 'object' && value !== null && speaks((value as { readonly [STAGE]?: number })[STAGE])
}
