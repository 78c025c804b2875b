import type { RunStats, StageStats } from '@sluice/core'

const NOTHING = { absorbed: 0, dropped: 0, skipped: 0, deadLettered: 0, failed: 0 }

/** Figures of a stage, as a test needs them. */
export function stageStats(given: Partial<StageStats> & { readonly id: string }): StageStats {
  return {
    name: given.id, kind: 'operator', position: 1, inputs: [], driver: given.id, site: null, inner: false, ended: false,
    in: 0, out: 0, dropped: 0, fates: NOTHING, errors: 0, retries: 0, deadLettered: 0, overrun: 0,
    rates: { in5s: 0, out5s: 0, in60s: 0, out60s: 0 }, workingMs: 0, state: null, time: null, causes: null, calls: null, adjustable: null, detail: null, queue: null, ...given,
  }
}

/** Figures of a run, as a test needs them. */
export function runStats(stages: readonly StageStats[], given: Partial<RunStats> = {}): RunStats {
  return {
    schema: 1, name: 'orders', status: 'running', elapsedMs: 10_000, stages,
    totals: { read: 0, delivered: 0, ...NOTHING, abandoned: 0, inFlight: 0, reasons: { absorbed: {}, dropped: {}, skipped: {}, deadLettered: {}, failed: {} } },
    process: { loopUtilization: 0.18, workingMs: 0, longTurns: [], heldBy: {}, cpuMs: null, heapUsedBytes: 81e6, heapLimitBytes: 512e6 }, ...given,
  }
}

/** The time of a stage that was in some states for so many ms, and in no other one. */
export function timeOf(given: Partial<NonNullable<StageStats['time']>>): NonNullable<StageStats['time']> {
  return { workingMs: 0, callingMs: 0, limitedMs: 0, idleMs: 0, backpressuredMs: 0, blockedMs: 0, ...given }
}
