/** What `diagnose` may find; docs/diagnosis.md has a line on each: what is seen, why, and what to do. */
export const VERDICTS = [
  'cpu-step', 'cpu-spread', 'loop-blocked', 'loop-foreign',
  'calls-full', 'outside-saturated', 'sink-bound', 'source-bound', 'waiting',
  'own-rate', 'gate', 'permits', 'batch-wait', 'retry-storm',
  'hot-key', 'head-of-line', 'slow-branch', 'skew', 'slow-subscriber', 'starved-side', 'amplified',
  'queue-full', 'queue-empty', 'queue-small', 'loss',
  'threads-uneven', 'threads-transfer', 'memory', 'alternating',
  'stalled', 'deadlock', 'stop-stuck',
] as const

/** The id of something that `diagnose` finds. */
export type Verdict = (typeof VERDICTS)[number]

/**
 * How much it matters.
 *
 * - `none`: nothing was found
 * - `info`: worth knowing, and nothing to repair
 * - `advice`: the run would be faster, or would hold less, with a change
 * - `problem`: something is lost or stands still, or will be soon
 */
export type Severity = 'none' | 'info' | 'advice' | 'problem'

/** One thing that was found, with the figures it rests on. */
export interface Finding {
  readonly verdict: Verdict
  readonly severity: Exclude<Severity, 'none'>
  /** The id of the stage that is the cause; null where no stage of the run is. */
  readonly stage: string | null
  /** What is waited for there: `'cpu'`, `'outside'`, `'permit'`, `'rate'`, `'event'` and so on; a name where something has one. */
  readonly cause: string
  /** One sentence: what was seen. */
  readonly message: string
  /** What to do; empty where there is nothing to do. */
  readonly advice: string
  /** What the sentence rests on. Shares are parts of 1, times end in `Ms`, rates are values a second. */
  readonly figures: Readonly<Record<string, number | string>>
  /** 0 to 1: from 0.6 on it is quite sure. */
  readonly confidence: number
}

/** What part of the time a stage was in each state, 0 to 1. */
export interface StageShares {
  readonly id: string
  readonly working: number
  readonly calling: number
  readonly limited: number
  readonly idle: number
  readonly backpressured: number
  readonly blocked: number
}

/** What `diagnose` answers: plain JSON. */
export interface Diagnosis extends Omit<Finding, 'verdict' | 'severity'> {
  /** What matters most; `'healthy'` where there is nothing to say. */
  readonly verdict: Verdict | 'healthy'
  readonly severity: Severity
  /** Everything that was found, what matters most first. */
  readonly findings: readonly Finding[]
  /** Of the stages that have a clock. */
  readonly shares: readonly StageShares[]
}
