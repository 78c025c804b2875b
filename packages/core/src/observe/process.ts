import type { ProcessStats } from '../contract/stats'
import { platformStats, type PlatformStats } from '../engine/platform'
import type { RunScope } from '../engine/run-scope'

/** What the platform told of the process when the figures of a run that had ended were asked for first. */
const atEnd = /* @__PURE__ */ new WeakMap<RunScope, PlatformStats>()

/** The figures of the process. */
export function describeProcess(scope: RunScope, now: number, hasEnded: boolean): ProcessStats {
  const { clock: { ledger }, openedAt, before } = scope
  const { workingMs, heldBy, long } = scope.atEnd ?? ledger.mark()
  return {
    workingMs: workingMs - before.workingMs,
    longTurns: long.flatMap(({ run, stage, from, to }) => (to > openedAt ? [{ run, stage, ms: to - from, agoMs: Math.max(0, now - to) }] : [])),
    heldBy: ledger.heldBy.between(before.heldBy, heldBy),
    ...platformOf(scope, hasEnded),
  }
}

/** The figures of a run that has ended stand still; a run on a clock of its own has the same figures whatever the process does. */
function platformOf(scope: RunScope, hasEnded: boolean): PlatformStats {
  if (scope.clock.isExact) return { loopUtilization: null, cpuMs: null, heapUsedBytes: null, heapLimitBytes: null }
  const stats = atEnd.get(scope) ?? platformStats(scope.loopBefore)
  if (hasEnded) atEnd.set(scope, stats)
  return stats
}
