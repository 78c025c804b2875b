import { diagnose, type RunStats } from '@sluice/core'
import { printable } from '../text/printable'
import { hasEnded } from './totals'

/** What is to be said of a run: the diagnosis as one line. */
export interface Finding {
  readonly verdict: string
  readonly isQuiet: boolean
  /** The id of the stage; undefined where no stage is the cause. */
  readonly stage: string | undefined
  readonly text: string
}

/** Diagnosis looks at so much of the past, in ms. */
export const WINDOW_MS = 10_000
/** Before that, a run is warming up. */
const SETTLED_MS = 2000

/**
 * What holds a run back at present.
 *
 * @param before figures of up to {@link WINDOW_MS} earlier.
 */
export function findingOf(now: RunStats, before: RunStats | undefined): Finding | undefined {
  if (before === undefined || now.elapsedMs < SETTLED_MS || hasEnded(now)) return undefined
  return finding(now, before)
}

/** What held a whole run back. */
export function overallFinding(stats: RunStats): Finding {
  return finding(stats, undefined)
}

function finding(now: RunStats, before: RunStats | undefined): Finding {
  const { verdict, severity, stage, message, advice } = diagnose(now, before)
  return { verdict, isQuiet: severity === 'none' || severity === 'info', stage: stage ?? undefined, text: printable(advice === '' ? message : `${message}. ${advice}`, 300) }
}
