import type { CallStats, JointStats, StageStats, StageTime } from '../src/contract/stage-stats'
import type { ProcessStats, RunStats } from '../src/contract/stats'
import type { RunStatus } from '../src/contract/run'

/** What is told of a stage; the rest is as if nothing had happened. Times are parts of the second that the figures stand for. */
export interface Sketch {
  readonly id: string
  readonly kind?: StageStats['kind']
  readonly inputs?: readonly string[]
  readonly driver?: string
  /** Parts of the time in each state; what is left is idle. Without them the stage has no clock. */
  readonly states?: Partial<Record<'working' | 'calling' | 'limited' | 'idle' | 'backpressured' | 'blocked', number>>
  readonly out?: number
  readonly in?: number
  readonly working?: number
  readonly limited?: Record<string, number>
  readonly held?: Record<string, number>
  readonly blocked?: Record<string, number>
  readonly calls?: Partial<CallStats>
  readonly queue?: Partial<JointStats>
  readonly rest?: Partial<StageStats>
}

/** Figures of a run that is `ms` old. Inputs, where not told, are the sketch before; positions follow from that. */
export function figures(sketches: readonly Sketch[], ms = 2000, more: { readonly status?: RunStatus; readonly process?: Partial<ProcessStats>; readonly reasons?: Record<string, number>; readonly name?: string } = {}): RunStats {
  const stages = sketches.map((sketch, at) => stageOf(sketch, at, sketches, ms))
  const read = stages.filter(({ kind }) => kind === 'source').reduce((sum, { out }) => sum + out, 0)
  const empty = { absorbed: {}, dropped: {}, skipped: {}, deadLettered: {}, failed: {} }
  return {
    schema: 1, name: more.name ?? 'run', status: more.status ?? 'running', elapsedMs: ms,
    totals: { read, delivered: read, absorbed: 0, dropped: 0, skipped: 0, deadLettered: 0, failed: 0, abandoned: 0, inFlight: 0, reasons: { ...empty, dropped: more.reasons ?? {} } },
    process: { loopUtilization: 0.1, workingMs: 0, longTurns: [], heldBy: {}, cpuMs: null, heapUsedBytes: null, heapLimitBytes: null, ...more.process },
    stages,
  }
}

function stageOf(sketch: Sketch, at: number, all: readonly Sketch[], ms: number): StageStats {
  const { id, states, limited = {}, held = {}, blocked = {} } = sketch
  const kind = sketch.kind ?? (at === 0 ? 'source' : at === all.length - 1 ? 'sink' : 'operator')
  const inputs = sketch.inputs ?? (at === 0 ? [] : [all[at - 1]?.id as string])
  const driver = sketch.driver ?? (states ? id : (all.slice(at).find((other) => other.states)?.id ?? id))
  const out = sketch.out ?? 100
  const times = (parts: Record<string, number>): Record<string, number> => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part * ms]))
  return {
    id, name: id, kind, position: at, inputs, driver, site: null, inner: false, ended: false,
    in: sketch.in ?? (kind === 'source' ? 0 : out), out, dropped: 0,
    fates: { absorbed: 0, dropped: 0, skipped: 0, deadLettered: 0, failed: 0 },
    errors: 0, retries: 0, deadLettered: 0, overrun: 0, rates: { in5s: 0, out5s: 0, in60s: 0, out60s: 0 },
    workingMs: (sketch.working ?? states?.working ?? 0) * ms,
    state: states ? 'idle' : null, time: states ? timeOf(states, ms) : null,
    causes: states ? { limited: times(limited), calling: times(held), blocked: times(blocked) } : null,
    calls: sketch.calls ? { started: out, settled: out, inFlight: 0, concurrency: 4, inFlightMs: 0, peakInFlight: 4, atBoundMs: 0, serviceMs: null, oldestMs: null, ...sketch.calls } : null,
    adjustable: null, detail: null,
    queue: sketch.queue ? { size: 0, capacity: 16, weight: null, maxWeight: null, highWater: 0, fullMs: 0, emptyMs: 0, oldestMs: null, bursts: 0, ...sketch.queue } : null,
    ...sketch.rest,
  }
}

function timeOf(states: NonNullable<Sketch['states']>, ms: number): StageTime {
  const { working = 0, calling = 0, limited = 0, backpressured = 0, blocked = 0 } = states
  const idle = states.idle ?? Math.max(0, 1 - working - calling - limited - backpressured - blocked)
  return { workingMs: working * ms, callingMs: calling * ms, limitedMs: limited * ms, idleMs: idle * ms, backpressuredMs: backpressured * ms, blockedMs: blocked * ms }
}
