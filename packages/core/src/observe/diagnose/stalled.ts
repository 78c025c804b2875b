import type { CallStats, StageStats } from '../../contract/stage-stats'
import type { RunStats } from '../../contract/stats'
import { duration, rounded } from './wording'

/** A stage that holds the run since some time. */
export interface Stalled {
  readonly stage: string
  readonly cause: 'call' | 'room'
  /** It is long in every case, and not only by what this stage has done before. */
  readonly isSure: boolean
  readonly message: string
  readonly figures: Readonly<Record<string, number>>
}

/** Nothing is called stalled before. */
const LEAST_MS = 1000
/** From here on it is long, whatever the stage has done before. */
const LONG_MS = 10_000
/** So many times what was slow so far. */
const TIMES = 20

/**
 * The stage because of which nothing has moved since the earlier figures; undefined where something has, or where what is waited for
 * is outside, as the next value of a source is.
 *
 * A stage by itself may be slow: so it is long only against what its calls have taken before, or from ten seconds on.
 */
export function stalledStage(now: RunStats, before: RunStats | undefined): Stalled | undefined {
  const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
  const windowMs = now.elapsedMs - (before?.elapsedMs ?? 0)
  let found: Stalled | undefined
  // The last one downstream: what stands before it waits for it.
  for (const stage of now.stages) {
    const was = earlier.get(stage.id)
    if (stage.kind === 'source' || stage.ended || stage.out !== (was?.out ?? 0)) continue
    found = ofCall(stage, was?.calls ?? undefined) ?? ofRoom(now, stage, was, windowMs) ?? found
  }
  return found
}

function ofCall(stage: StageStats, before: CallStats | undefined): Stalled | undefined {
  const { calls } = stage
  if (!calls || calls.inFlight === 0 || calls.oldestMs === null || calls.settled !== (before?.settled ?? 0)) return undefined
  const slow = calls.serviceMs && calls.serviceMs.count >= 5 ? calls.serviceMs.p99 * TIMES : LONG_MS
  if (calls.oldestMs < Math.max(LEAST_MS, slow)) return undefined
  return {
    stage: stage.id, cause: 'call', isSure: calls.oldestMs >= Math.max(LONG_MS, slow),
    message: `'${stage.id}' has waited ${duration(calls.oldestMs)} for ${calls.inFlight === 1 ? 'a call' : `${calls.inFlight} calls`} that ${calls.inFlight === 1 ? 'does' : 'do'} not come back, and nothing comes out`,
    figures: { oldestMs: rounded(calls.oldestMs), inFlight: calls.inFlight, ...(calls.serviceMs ? { p99Ms: rounded(calls.serviceMs.p99) } : {}) },
  }
}

/** A sink that waits for a queue, a socket, a write whose age nobody knows: as long as the figures are apart. */
function ofRoom(now: RunStats, stage: StageStats, before: StageStats | undefined, windowMs: number): Stalled | undefined {
  if (stage.kind !== 'sink' || stage.calls?.oldestMs != null || !before?.time || !stage.time) return undefined
  if (stage.state !== 'calling' && stage.state !== 'backpressured') return undefined
  const waited = stage.time.callingMs + stage.time.backpressuredMs - before.time.callingMs - before.time.backpressuredMs
  if (waited < windowMs * 0.98) return undefined
  // Where values came one after the other, how long each took tells what is long.
  const usual = stage.out >= 5 ? (before.time.workingMs + before.time.callingMs + before.time.backpressuredMs) / stage.out : LONG_MS / TIMES
  if (windowMs < Math.max(LEAST_MS, Math.min(LONG_MS, usual * TIMES)) || now.elapsedMs < LEAST_MS) return undefined
  return {
    stage: stage.id, cause: 'room', isSure: windowMs >= LONG_MS,
    message: `'${stage.id}' has waited for at least ${duration(windowMs)} to be rid of what it holds, and nothing comes out`,
    figures: { waitedMs: rounded(waited) },
  }
}
