import type { CallStats, JointStats, RunStats, StageStats } from '@sluice/core'
import type { InstrumentName } from './instruments'

/** One figure of a run: of the run itself where there is no stage. */
export interface Reading {
  readonly instrument: InstrumentName
  readonly stage: StageStats | undefined
  /** An attribute beside the names of run and stage. */
  readonly by: readonly [name: string, value: string] | undefined
  readonly value: number
}

/** Takes a reading. */
export type Read = (instrument: InstrumentName, value: number, by?: readonly [name: string, value: string]) => void

/** What is said in milliseconds here is said in seconds there. */
const seconds = (ms: number): number => ms / 1000

/** All figures of a run, as instruments have them. */
export function readingsOf(stats: RunStats): Reading[] {
  const readings: Reading[] = []
  const under = (stage: StageStats | undefined): Read => (instrument, value, by) => { readings.push({ instrument, stage, by, value }) }
  readRun(stats, under(undefined))
  for (const stage of stats.stages) {
    // Inner stages leave their run with what they have counted, so a sum over those that are left would go down.
    if (stage.inner) readInner(stage, under(stage))
    else readStage(stage, under(stage))
  }
  return readings
}

function readRun({ status, totals }: RunStats, read: Read): void {
  const { delivered, absorbed, dropped, skipped, deadLettered, failed, abandoned } = totals
  if (status === 'running' || status === 'paused' || status === 'stopping') read('sluice.run.active', 1, ['sluice.status', status])
  read('sluice.run.read', totals.read)
  read('sluice.run.in_flight', totals.inFlight)
  const fates = { delivered, absorbed, dropped, skipped, dead_lettered: deadLettered, failed, abandoned }
  for (const [fate, count] of Object.entries(fates)) read('sluice.run.values', count, ['sluice.fate', fate])
}

function readInner({ calls, queue }: StageStats, read: Read): void {
  read('sluice.stage.open', 1)
  if (calls) read('sluice.call.in_flight', calls.inFlight)
  if (queue) read('sluice.joint.size', queue.size)
}

function readStage(stage: StageStats, read: Read): void {
  read('sluice.stage.in', stage.in)
  read('sluice.stage.out', stage.out)
  read('sluice.stage.dropped', stage.dropped)
  read('sluice.stage.errors', stage.errors)
  read('sluice.stage.retries', stage.retries)
  read('sluice.stage.dead_letters', stage.deadLettered)
  read('sluice.stage.working_time', seconds(stage.workingMs))
  if (stage.overrun > 0 || stage.calls) read('sluice.call.overrun', stage.overrun)
  if (stage.time) {
    const { workingMs, callingMs, limitedMs, idleMs, backpressuredMs, blockedMs } = stage.time
    const states = { working: workingMs, calling: callingMs, limited: limitedMs, idle: idleMs, backpressured: backpressuredMs, blocked: blockedMs }
    for (const [state, ms] of Object.entries(states)) read('sluice.stage.time', seconds(ms), ['sluice.state', state])
  }
  for (const [cause, ms] of Object.entries(stage.causes?.limited ?? {})) read('sluice.stage.limited_time', seconds(ms), ['sluice.cause', cause])
  if (stage.calls) readCalls(stage.calls, read)
  if (stage.queue) readJoint(stage.queue, read)
}

function readCalls(calls: CallStats, read: Read): void {
  read('sluice.call.started', calls.started)
  read('sluice.call.settled', calls.settled)
  read('sluice.call.in_flight', calls.inFlight)
  if (calls.concurrency !== null) read('sluice.call.limit', calls.concurrency)
  read('sluice.call.time', seconds(calls.inFlightMs))
  read('sluice.call.at_limit_time', seconds(calls.atBoundMs))
  if (calls.serviceMs === null) return
  const { p50, p95, p99, max } = calls.serviceMs
  for (const [quantile, ms] of [['0.5', p50], ['0.95', p95], ['0.99', p99], ['1', max]] as const) {
    read('sluice.call.duration', seconds(ms), ['sluice.quantile', quantile])
  }
}

function readJoint(joint: JointStats, read: Read): void {
  read('sluice.joint.size', joint.size)
  if (joint.capacity !== null) read('sluice.joint.limit', joint.capacity)
  if (joint.weight !== null) read('sluice.joint.weight', joint.weight)
  if (joint.maxWeight !== null) read('sluice.joint.weight_limit', joint.maxWeight)
  if (joint.fullMs !== null) read('sluice.joint.full_time', seconds(joint.fullMs))
  if (joint.emptyMs !== null) read('sluice.joint.empty_time', seconds(joint.emptyMs))
  if (joint.oldestMs !== null) read('sluice.joint.oldest_age', seconds(joint.oldestMs))
}
