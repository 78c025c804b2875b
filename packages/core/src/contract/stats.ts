import type { RunStatus } from './run'

/**
 * The state a stage is in, one at a time.
 *
 * - `working`: its code, or that of a step fused into it, is on the CPU
 * - `calling`: calls or writes that it has begun are under way
 * - `limited`: has something to do, and waits for a permit, a rate, a gate, a timer, a next try, or because the run is paused
 * - `idle`: waits for input
 * - `backpressured`: holds a value, and waits for room behind it
 * - `blocked`: is ready, and the event loop is held by something else
 *
 * Where several hold, the first of `working`, `blocked`, `calling`, `limited`, `backpressured`, `idle` counts.
 */
export type StageStatus = 'working' | 'calling' | 'limited' | 'idle' | 'backpressured' | 'blocked'

/** How long a stage was in each state, in ms. The six add up to the time since the stage was opened. */
export interface StageTime {
  readonly workingMs: number
  readonly callingMs: number
  readonly limitedMs: number
  readonly idleMs: number
  readonly backpressuredMs: number
  readonly blockedMs: number
}

/**
 * What a stage has waited for, in ms by the name of that; absent where nothing was.
 *
 * - `limited`: `'permit'`, `'rate'`, `'timer'`, `'retry'`, `'gate'`, `'pause'`
 * - `calling`, by why no further call began: `'slots'`, as many as may be are under way; `'input'`, there is none for it; `'order'`, the first call of several
 *   that have settled has not; `'room'`, what has settled is not taken; `'permit'`, `'retry'`
 * - `blocked`: `'run/stage'` of the stage that held the event loop, else `'other code'`
 */
export interface StageCauses {
  readonly limited: Readonly<Record<string, number>>
  readonly blocked: Readonly<Record<string, number>>
  readonly calling: Readonly<Record<string, number>>
}

/** The calls that a stage makes: of a function, of writes, of workers. */
export interface CallStats {
  readonly started: number
  readonly settled: number
  /** Calls under way. */
  readonly inFlight: number
  /** The most that may be; null where there is no bound. */
  readonly concurrency: number | null
  /** The time that calls were under way, summed over all calls, in ms: divided by the time passed it is how many were on average. */
  readonly inFlightMs: number
  readonly peakInFlight: number
  /** How long as many calls as may be were under way, in ms. */
  readonly atBoundMs: number
  /** How long calls took, in ms, those that have settled; null before the first. */
  readonly serviceMs: { readonly count: number; readonly mean: number; readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } | null
  /** The age of the oldest call under way, in ms; null where none is. */
  readonly oldestMs: number | null
}

/** The queue of a stage: between the stage that fills it and the stage behind. */
export interface JointStats {
  /** Values held. */
  readonly size: number
  /** The most values that may be held; null where only the weight is bounded. */
  readonly capacity: number | null
  /** What the values held weigh together, and the most they may; null where weights do not count. */
  readonly weight: number | null
  readonly maxWeight: number | null
  /** The most values that were held at once; of a queue that does not tell, the most that `stats()` has seen. */
  readonly highWater: number
  /** How long there was no room, in ms; null where the queue does not tell, as that of an author's own stage may not. */
  readonly fullMs: number | null
  /** How long nothing was held, in ms; null where the queue does not tell. */
  readonly emptyMs: number | null
  /** The age of the oldest value held, in ms; null where none is held, or where that is not known. */
  readonly oldestMs: number | null
}

/** Values a second. Moving averages over 5 s and over 60 s, as of the times at which `stats()` was asked. */
export interface StageRates {
  readonly in5s: number
  readonly out5s: number
  readonly in60s: number
  readonly out60s: number
}

/** Figures of one stage of a run. */
export interface StageStats {
  /** Unique in the run: the name, with `#2` and so on where it occurs again. */
  readonly id: string
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  /** 0 is a source; else one more than its furthest upstream. */
  readonly position: number
  /** The ids of the stages that hand this one its values. */
  readonly inputs: readonly string[]
  /** The id of the stage whose task pulls this one: stages with the same driver work in the same turns. */
  readonly driver: string
  /** Where the stage was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  /** Opened in the middle of the run, as an inner source of `mergeMap` is. */
  readonly inner: boolean
  /** True once it has ended. */
  readonly ended: boolean
  /** Values taken from upstream. */
  readonly in: number
  /** Values handed downstream; for a sink, values dealt with. */
  readonly out: number
  /** Values dropped on purpose: overflow, a newer value, a closed branch. */
  readonly dropped: number
  /** Values that ended here, by what became of them. */
  readonly fates: Readonly<Record<'absorbed' | 'dropped' | 'skipped' | 'deadLettered' | 'failed', number>>
  /** Errors of user code, those that were retried or skipped included. */
  readonly errors: number
  readonly retries: number
  readonly deadLettered: number
  /** Calls that went on after `timeoutMs` and `settleWithinMs`: they run beside what took their places. */
  readonly overrun: number
  readonly rates: StageRates
  /** How long the stage itself was on the CPU, in ms: its share of what its driver worked. Estimated by sampling where batches are short. */
  readonly workingMs: number
  /** The state it is in; null for a stage without a clock of its own. */
  readonly state: StageStatus | null
  /** How long it was in each state. Only stages that own a task, or wait by themselves, have a clock: null for the others. */
  readonly time: StageTime | null
  readonly causes: StageCauses | null
  readonly calls: CallStats | null
  readonly queue: JointStats | null
  /** What of it may be changed while it is at work, as it is now: by `setConcurrency` and `setRate`. null where nothing may. */
  readonly adjustable: AdjustableStats | null
  /**
   * Figures that only some stages have; null for the others.
   *
   * - calls by key: `hotKey`, the key with most values that wait, `hotKeyWaiting`, `waiting`
   * - `toTopic`: `slowest`, the subscriber that is furthest behind, `unread`, `lag`, and `holds`, 1 where it holds the topic back
   * - threads: `threads`, `busyMs` of all, `busiestMs` of the one that was at work longest
   */
  readonly detail: Readonly<Record<string, number | string>> | null
}

/** What of a stage may be changed while it is at work; null for what may not. */
export interface AdjustableStats {
  readonly concurrency: number | null
  readonly rate: { readonly count: number; readonly perMs: number; readonly burst: number } | null
}

/** A turn of a stage that has held the event loop for long. */
export interface LongTurn {
  readonly run: string
  readonly stage: string
  readonly ms: number
  /** How long ago the turn ended, in ms. */
  readonly agoMs: number
}

/** The event loop and the process, where the platform tells; null where it does not. */
export interface ProcessStats {
  /** What part of the time since the run began the event loop was at work, 0 to 1. */
  readonly loopUtilization: number | null
  /** How long the stages of all runs of the process were on the CPU since the run began, in ms. */
  readonly workingMs: number
  /** The latest turns of any run that took longer than 50 ms, the latest first, at most 8. */
  readonly longTurns: readonly LongTurn[]
  /** Who has held the event loop since the run began: the time of turns of 1 ms and more, in ms, by `'run/stage'`. */
  readonly heldBy: Readonly<Record<string, number>>
  /** The CPU time of the process so far, in ms: two readings tell what it was in between. */
  readonly cpuMs: number | null
  readonly heapUsedBytes: number | null
  readonly heapLimitBytes: number | null
}

/**
 * What became of the values that the sources of a run gave, inner sources included.
 *
 * `read = delivered + absorbed + dropped + skipped + deadLettered + failed + abandoned + inFlight`, at any time.
 */
export interface RunTotals {
  /** Values that sources gave. */
  readonly read: number
  /** Everything made of them was written to a sink. */
  readonly delivered: number
  /** Filtered out or reduced. */
  readonly absorbed: number
  /** Lost on purpose: overflow, a newer value, a closed branch. */
  readonly dropped: number
  /** Failed, and left out by `onError`. */
  readonly skipped: number
  /** Failed, and written to a dead letter sink. */
  readonly deadLettered: number
  /** Failed for good. */
  readonly failed: number
  /** Not dealt with when the run ended; 0 before that. */
  readonly abandoned: number
  /** Read, and not at their end yet; 0 once the run has ended. */
  readonly inFlight: number
  /** How many by the stage, or the word, that says why. */
  readonly reasons: Readonly<Record<'absorbed' | 'dropped' | 'skipped' | 'deadLettered' | 'failed', Readonly<Record<string, number>>>>
}

/** What `run.stats()` answers: a picture of one moment, not kept up to date. Plain JSON: nothing is `undefined` or infinite. */
export interface RunStats {
  /** The version of this schema. A change that readers would notice makes it another one. */
  readonly schema: 1
  readonly name: string
  readonly status: RunStatus
  readonly elapsedMs: number
  readonly totals: RunTotals
  readonly process: ProcessStats
  /** Sources first. */
  readonly stages: readonly StageStats[]
}

/** A stage in the graph of a run. */
export interface GraphNode {
  /** Where the stage was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  readonly id: string
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  readonly position: number
  /** The stage whose task pulls this one: stages with the same driver are fused. */
  readonly driver: string
}

/** Which stage hands its values to which. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
}

/** What `run.graph()` answers: the stages of a run and how values go between them. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}
