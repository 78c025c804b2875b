import type { StageTime } from '../contract/stage-stats'
import type { RunningStage } from '../engine/running-stage'

type AnyStage = RunningStage<unknown>

/** What each task has worked, told apart by stages: by what they took in the batches that were timed step by step. */
export function sharesOf(drivers: ReadonlyMap<AnyStage, AnyStage>, now: number): Map<AnyStage, number> {
  const sums = new Map<AnyStage, number>()
  for (const [stage, driver] of drivers) sums.set(driver, (sums.get(driver) ?? 0) + stage.sampledMs)
  const shares = new Map<AnyStage, number>()
  for (const [stage, driver] of drivers) {
    const sum = sums.get(driver) ?? 0
    const worked = driver.meter?.read(now).workingMs ?? 0
    shares.set(stage, sum > 0 ? (worked * stage.sampledMs) / sum : driver === stage ? worked : 0)
  }
  return shares
}

/**
 * How long a stage was in each state. A stage that waits by itself and has no task is pulled in the turns of another one: what it works is a part of
 * that, and is taken off the time in which the stage was idle. A source without a clock is what its driver waits for while that is idle.
 */
export function timeOf(stage: AnyStage, driver: AnyStage, workingMs: number, now: number): StageTime | null {
  const { meter } = stage
  if (stage.tasks.length > 0) return meter?.read(now) ?? null
  if (meter !== undefined) {
    const time = meter.read(now)
    const taken = Math.min(time.idleMs, workingMs)
    return { ...time, workingMs: taken, idleMs: time.idleMs - taken }
  }
  if (stage.kind !== 'source' || driver === stage || driver.meter === undefined) return null
  const times = driver.meter.read(now)
  const whole = Object.values<number>({ ...times }).reduce((sum, ms) => sum + ms, 0)
  // What a stage on the way has held back is not what the source has kept anybody waiting for.
  let heldMs = 0
  for (let next = stage.consumer; next !== undefined && next !== driver; next = next.consumer) heldMs += next.meter?.read(now).limitedMs ?? 0
  // The driver lacks input also while a few of its calls are out.
  const idleMs = Math.max(0, times.idleMs - heldMs) + (driver.meter.causes().calling['input'] ?? 0)
  const rest = Math.max(0, whole - idleMs - workingMs)
  const waits = stage.live ? { idleMs, callingMs: 0 } : { idleMs: 0, callingMs: idleMs }
  return { ...waits, workingMs, limitedMs: 0, backpressuredMs: rest, blockedMs: 0 }
}
