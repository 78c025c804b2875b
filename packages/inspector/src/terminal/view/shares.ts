import type { StageStats, StageStatus, StageTime } from '@sluice/core'

/** The states of a stage with their letters. */
export const LETTERS: Readonly<Record<StageStatus, string>> = { working: 'W', calling: 'C', limited: 'L', idle: 'I', backpressured: 'B', blocked: 'K' }

/** The states, in the order in which they are told. */
export const STATES = Object.keys(LETTERS) as readonly StageStatus[]

/** What part of the time a stage was in each state, 0 to 1. */
export type Shares = Readonly<Record<StageStatus, number>>

/**
 * What part of the time a stage was in each state since earlier figures.
 *
 * @returns undefined for a stage without a clock, and where no time has passed.
 */
export function sharesOf(now: Pick<StageStats, 'time'>, before: Pick<StageStats, 'time'> | undefined): Shares | undefined {
  const { time } = now
  if (time === null) return undefined
  const passed = STATES.map((state) => Math.max(0, timeIn(time, state) - (before?.time ? timeIn(before.time, state) : 0)))
  const whole = passed.reduce((sum, ms) => sum + ms, 0)
  if (whole <= 0) return undefined
  return Object.fromEntries(STATES.map((state, at) => [state, (passed[at] ?? 0) / whole])) as Record<StageStatus, number>
}

/** The state that a stage was in for the largest part. */
export function mainState(shares: Shares): StageStatus {
  return STATES.reduce((most, state) => (shares[state] > shares[most] ? state : most))
}

function timeIn(time: StageTime, state: StageStatus): number {
  return time[`${state}Ms`]
}
