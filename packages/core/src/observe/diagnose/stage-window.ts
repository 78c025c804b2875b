import type { CallStats, JointStats, StageStats, StageTime } from '../../contract/stage-stats'
import type { StageShares } from './diagnosis'

/** The calls of a stage between two readings. */
export interface CallsWindow {
  /** The most that may be under way; null where there is no bound. */
  readonly bound: number | null
  readonly inFlight: number
  /** How many were under way on average. */
  readonly average: number
  /** What part of the time as many as may be were under way. */
  readonly full: number
  readonly started: number
  readonly settled: number
  /** How long a call took, in ms, by Little's law; the age of the oldest where none has settled. */
  readonly meanMs: number
  readonly oldestMs: number | null
  readonly all: CallStats
}

/** The queue of a stage between two readings. */
export interface JointWindow {
  /** What part of the time there was no room, and nothing was held; 0 where that is not told. */
  readonly full: number
  readonly empty: number
  /** How often it ran empty after it had been full. */
  readonly bursts: number
  readonly all: JointStats
}

/** One stage between two readings of its figures: what has changed, as parts of the time and as rates. */
export interface StageWindow {
  readonly id: string
  readonly kind: StageStats['kind']
  readonly position: number
  readonly inputs: readonly string[]
  readonly driver: string
  readonly inner: boolean
  readonly ended: boolean
  readonly in: number
  readonly out: number
  readonly dropped: number
  readonly errors: number
  readonly retries: number
  /** Its own share of the window on the CPU, steps fused with it left out. */
  readonly working: number
  readonly workingMs: number
  /** Null for a stage without a clock. */
  readonly shares: StageShares | null
  /** What it has waited for while limited, why no further call began while some were out, and who held the loop while it was blocked: parts of the window by name. */
  readonly limited: Readonly<Record<string, number>>
  readonly calling: Readonly<Record<string, number>>
  readonly blocked: Readonly<Record<string, number>>
  readonly calls: CallsWindow | null
  readonly joint: JointWindow | null
  readonly now: StageStats
}

/** The window of one stage; `before` is undefined where it was opened in the window. */
export function stageWindow(now: StageStats, before: StageStats | undefined, ms: number): StageWindow {
  const since = <T extends StageStats[keyof StageStats]>(read: (stage: StageStats) => T & number): number => Math.max(0, read(now) - (before ? read(before) : 0))
  const workingMs = since((stage) => stage.workingMs)
  const whole = now.time ? totalOf(now.time) - (before?.time ? totalOf(before.time) : 0) : 0
  return {
    id: now.id, kind: now.kind, position: now.position, inputs: now.inputs, driver: now.driver, inner: now.inner, ended: now.ended,
    in: since((stage) => stage.in), out: since((stage) => stage.out), dropped: since((stage) => stage.dropped),
    errors: since((stage) => stage.errors), retries: since((stage) => stage.retries),
    working: Math.min(1, workingMs / ms), workingMs,
    shares: now.time ? sharesOf(now.id, now.time, before?.time ?? undefined, whole || 1) : null,
    limited: partsOf(now.causes?.limited, before?.causes?.limited, whole || ms),
    calling: partsOf(now.causes?.calling, before?.causes?.calling, whole || ms),
    blocked: partsOf(now.causes?.blocked, before?.causes?.blocked, whole || ms),
    calls: now.calls && callsWindow(now.calls, before?.calls ?? undefined, whole || ms),
    joint: now.queue && jointWindow(now.queue, before?.queue ?? undefined, whole || ms),
    now,
  }
}

function totalOf({ workingMs, callingMs, limitedMs, idleMs, backpressuredMs, blockedMs }: StageTime): number {
  return workingMs + callingMs + limitedMs + idleMs + backpressuredMs + blockedMs
}

function sharesOf(id: string, now: StageTime, before: StageTime | undefined, whole: number): StageShares {
  const share = (state: keyof StageTime): number => Math.max(0, now[state] - (before?.[state] ?? 0)) / whole
  return {
    id, working: share('workingMs'), calling: share('callingMs'), limited: share('limitedMs'), idle: share('idleMs'),
    backpressured: share('backpressuredMs'), blocked: share('blockedMs'),
  }
}

function partsOf(now: Readonly<Record<string, number>> | undefined, before: Readonly<Record<string, number>> | undefined, ms: number): Readonly<Record<string, number>> {
  const earlier = new Map(Object.entries(before ?? {}))
  return Object.fromEntries(Object.entries(now ?? {}).map(([name, passed]) => [name, Math.max(0, passed - (earlier.get(name) ?? 0)) / ms]))
}

function callsWindow(now: CallStats, before: CallStats | undefined, ms: number): CallsWindow {
  const settled = now.settled - (before?.settled ?? 0)
  const area = now.inFlightMs - (before?.inFlightMs ?? 0)
  return {
    bound: now.concurrency, inFlight: now.inFlight, average: area / ms,
    full: Math.min(1, (now.atBoundMs - (before?.atBoundMs ?? 0)) / ms),
    started: now.started - (before?.started ?? 0), settled,
    meanMs: settled > 0 ? area / settled : now.oldestMs ?? 0,
    oldestMs: now.oldestMs, all: now,
  }
}

function jointWindow(now: JointStats, before: JointStats | undefined, ms: number): JointWindow {
  return {
    full: Math.min(1, ((now.fullMs ?? 0) - (before?.fullMs ?? 0)) / ms),
    empty: Math.min(1, ((now.emptyMs ?? 0) - (before?.emptyMs ?? 0)) / ms),
    bursts: (now.bursts ?? 0) - (before?.bursts ?? 0),
    all: now,
  }
}
