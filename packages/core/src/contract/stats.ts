import type { RunStatus } from './run'
import type { StageStats } from './stage-stats'
import type { Bytes, Count, Ms, Share } from './units'

/** A turn of a stage that has held the event loop for long. */
export interface LongTurn {
  /** The name of the run. */
  readonly run: string
  /** The name of the stage. */
  readonly stage: string
  /** How long the turn took, in ms. */
  readonly ms: Ms
  /** How long ago the turn ended, in ms. */
  readonly agoMs: Ms
}

/** The event loop and the process, where the platform tells; null where it does not. */
export interface ProcessStats {
  /** What part of the time since the run began the event loop was at work, 0 to 1. */
  readonly loopUtilization: Share | null
  /** How long the stages of all runs of the process were on the CPU since the run began, in ms. */
  readonly workingMs: Ms
  /** The latest turns of any run that took longer than 50 ms, the latest first, at most 8. */
  readonly longTurns: readonly LongTurn[]
  /** Who has held the event loop since the run began: the time of turns of 1 ms and more, in ms, by `'run/stage'`. */
  readonly heldBy: Readonly<Record<string, Ms>>
  /** The CPU time of the process so far, in ms: two readings tell what it was in between. */
  readonly cpuMs: Ms | null
  /** The heap in use, in bytes. */
  readonly heapUsedBytes: Bytes | null
  /** The most that the heap may grow to, in bytes. */
  readonly heapLimitBytes: Bytes | null
}

/**
 * What became of the values that the sources of a run gave, inner sources included.
 *
 * `read = delivered + absorbed + dropped + skipped + deadLettered + failed + abandoned + inFlight`, at any time.
 */
export interface RunTotals {
  /** Values that sources gave. */
  readonly read: Count
  /** Everything made of them was written to a sink. */
  readonly delivered: Count
  /** Filtered out or reduced. */
  readonly absorbed: Count
  /** Lost on purpose: overflow, a newer value, a closed branch. */
  readonly dropped: Count
  /** Failed, and left out by `onError`. */
  readonly skipped: Count
  /** Failed, and written to a dead letter sink. */
  readonly deadLettered: Count
  /** Failed for good. */
  readonly failed: Count
  /** Not dealt with when the run ended; 0 before that. */
  readonly abandoned: Count
  /** Read, and not at their end yet; 0 once the run has ended. */
  readonly inFlight: Count
  /** How many by the stage, or the word, that says why. */
  readonly reasons: FateReasons
}

/** Why values ended where they did: how many, by the id of the stage or by a word. */
export interface FateReasons {
  /** Values filtered out or reduced, by stage. */
  readonly absorbed: Readonly<Record<string, Count>>
  /** Values lost on purpose, by stage. */
  readonly dropped: Readonly<Record<string, Count>>
  /** Values left out after a failure, by stage. */
  readonly skipped: Readonly<Record<string, Count>>
  /** Values written to a dead letter sink, by stage. */
  readonly deadLettered: Readonly<Record<string, Count>>
  /** Values that failed for good, by stage. */
  readonly failed: Readonly<Record<string, Count>>
}

/** What `run.stats()` answers: a picture of one moment, not kept up to date. Plain JSON: nothing is `undefined` or infinite. */
export interface RunStats {
  /** The version of this schema. A change that readers would notice makes it another one. */
  readonly schema: 1
  /** The `name` of `run({ name })`. */
  readonly name: string
  /** Where the run stands. */
  readonly status: RunStatus
  /** The time since the run began; once it has ended, the time that it took, in ms. */
  readonly elapsedMs: Ms
  /** What became of the values that the sources gave. */
  readonly totals: RunTotals
  /** The event loop and the process. */
  readonly process: ProcessStats
  /** The stages, sources first. */
  readonly stages: readonly StageStats[]
}
