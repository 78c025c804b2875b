import { DONE, type Outlet, type Stage } from '@sluice/core/authoring'

/**
 * Pulls, and takes a failure of upstream for its end: what was collected before it is handed on first, then the answer
 * DONE surfaces the failure.
 */
export function pullOrFail<A>(upstream: Outlet<A>, stage: Stage, into: A[], limit: number): number {
  try {
    return upstream.pull(into, limit)
  } catch (error) {
    stage.fail(error)
    return DONE
  }
}

