import type { Run } from '@sluice/core'
import { onRunEnd, watchRuns } from '@sluice/core/authoring'

/**
 * Follows one run, or all that begin from now on, to their ends.
 *
 * @param begun is told of a run; answers what is called when that run has ended.
 * @returns no further run is followed; those that are under way are followed to their ends.
 */
export function follow(run: Run<unknown> | undefined, begun: (run: Run<unknown>) => () => void): () => void {
  const watch = (each: Run<unknown>): void => { onRunEnd(each, begun(each)) }
  if (run === undefined) return watchRuns(watch)
  watch(run)
  return noop
}

function noop(): void {}
