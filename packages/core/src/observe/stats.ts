import type { RunStatus } from '../contract/run'
import type { RunStats } from '../contract/stats'
import type { RunScope } from '../engine/run-scope'
import { placeStages } from './places'

/** The figures of a run at this moment; `endedAt` once it has settled. */
export function describeStats(scope: RunScope, status: RunStatus, endedAt: number | undefined): RunStats {
  return {
    name: scope.name,
    status,
    totals: scope.totals.describe(scope.stages, endedAt !== undefined),
    elapsedMs: (endedAt ?? scope.clock.now()) - scope.openedAt,
    stages: placeStages(scope).map(({ stage, id, position }) => {
      const { name, kind, out, dropped, errors, retries, deadLettered, overruns, queue } = stage
      // What a branch is fed is counted where it comes out: a value on its way is in a queue of the branch.
      let taken = stage.feeder ? out : 0
      for (const upstream of stage.upstreams) taken += upstream.out
      return {
        id, name, kind, position, in: taken, out, dropped, errors, retries, deadLettered, overrun: overruns,
        time: stage.meter?.read(),
        queue: queue && { size: queue.size, capacity: queue.capacity },
      }
    }),
  }
}
