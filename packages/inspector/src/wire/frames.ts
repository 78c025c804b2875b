import type { Failure, ItemFailure, RunStats, RunStatus } from '@sluice/core'

/** The version of the frames, in the greeting of a stream and at the head of a recording. */
export const FRAMES_VERSION = 1

/** The first line of a stream and of a recording. */
export interface Hello {
  readonly t: 'hello'
  readonly v: number
  /** Another one after each start of the program. */
  readonly epoch: string
  readonly pid: number
  readonly title: string
  readonly node: string
  /** Since 1970, in ms. */
  readonly at: number
  readonly controls: boolean
  /** Whether the values that stages hand on may be seen. Absent in recordings of before there was that. */
  readonly taps?: boolean
}

/** The process that the runs are in. */
export interface ProcessFigures {
  /** What part of the last second the event loop was at work, 0 to 1. */
  readonly loop: number
  /** How late timers were at most in the last second, in ms. */
  readonly lagMs: number
  readonly heapBytes: number
  readonly heapLimitBytes: number
  readonly rssBytes: number
}

/** What was found about a run: the part of a diagnosis that is shown. */
export interface Finding {
  readonly verdict: string
  readonly severity: 'none' | 'info' | 'advice' | 'problem'
  /** The id of the stage; null where it is about no stage. */
  readonly stage: string | null
  readonly message: string
  readonly advice: string
}

/** How a run failed, with the item as text. */
export type ShownFailure = Pick<Failure, 'stage' | 'position' | 'attempt' | 'path' | 'message'> & { readonly error: string; readonly item: string | null; readonly site: string | null }

/** An item that failed, as text, and what became of it. */
export type ShownItemFailure = Pick<ItemFailure, 'stage' | 'site' | 'attempt' | 'fate' | 'retryAfterMs'> & {
  /** Counts up in each run; those between were too many to be told. */
  readonly n: number
  /** Since 1970, in ms. */
  readonly at: number
  readonly error: string
  /** null where there was none, and where nothing of it may be seen. */
  readonly item: string | null
}

/** One line of the overview. */
export interface RunSummary {
  readonly id: number
  readonly name: string
  readonly status: RunStatus
  readonly elapsedMs: number
  /** How long ago it ended, in ms; null while it is at work. */
  readonly endedAgoMs: number | null
  readonly stages: number
  /** Values that reached sinks, a second, and altogether. */
  readonly rate: number
  readonly done: number
  readonly dropped: number
  readonly dead: number
  readonly failed: number
  /** The rate of each of the last seconds, oldest first. */
  readonly trend: readonly number[]
  readonly found: Finding
  readonly failure: ShownFailure | null
}

/** A limit that was handed to `inspect`, to be watched and adjusted. */
export interface LimitFigures {
  readonly name: string
  readonly active: number
  readonly waiting: number
  /** null where it has none. */
  readonly concurrency: number | null
  readonly rate: { readonly count: number; readonly perMs: number } | null
}

/** Once a second: every run in one line. */
export interface RunsFrame {
  readonly t: 'runs'
  readonly at: number
  readonly process: ProcessFigures
  readonly runs: readonly RunSummary[]
  /** Runs at work that are not listed, since there are too many. */
  readonly more: number
  readonly limits: readonly LimitFigures[]
}

/** Lists of the same length: one entry a second, oldest first. */
export interface Series {
  readonly at: readonly number[]
  readonly [name: string]: readonly (number | null)[]
}

/** Everything about one run. */
export interface FullFrame {
  readonly t: 'full'
  readonly run: number
  readonly n: number
  readonly stats: RunStats
  readonly paths: readonly string[]
  readonly history: Series
}

/** What has changed of one run: rows of `[stage, path, value, path, value …]`, by their numbers; stage -1 is the run itself. */
export interface DeltaFrame {
  readonly t: 'delta'
  readonly run: number
  readonly n: number
  /** Paths that are new, to be added at the end of the list. */
  readonly paths?: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** Something that happened. */
export interface EventFrame {
  readonly t: 'event'
  readonly at: number
  readonly run: number | null
  readonly kind: 'control' | 'found' | 'started' | 'ended'
  readonly text: string
}

/** Items of one run that failed since the last such frame, oldest first; after a full frame all that are kept. */
export interface FailuresFrame {
  readonly t: 'failures'
  readonly at: number
  readonly run: number
  readonly failures: readonly ShownItemFailure[]
  /** How many of the run were too many in a second to be told, altogether. */
  readonly unseen: number
}

/** Values that a stage has handed on, as text. Sent to whoever has asked for them, on a stream of their own, and never recorded. */
export interface TapFrame {
  readonly t: 'tap'
  readonly at: number
  readonly run: number
  readonly stage: string
  readonly values: readonly string[]
  /** How many passed beside those. */
  readonly unseen: number
}

export type Frame = Hello | RunsFrame | FullFrame | DeltaFrame | EventFrame | FailuresFrame | TapFrame

/** What the page asks a run to do. */
export type Control =
  | { readonly run: number; readonly action: 'pause' | 'resume' | 'stop' | 'abort' }
  | { readonly run: number; readonly action: 'concurrency' | 'rate'; readonly stage: string; readonly value: number }
  | { readonly limit: string; readonly action: 'limit'; readonly concurrency?: number; readonly perSecond?: number }
