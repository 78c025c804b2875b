import type { Count, Ms, Share, PerSecond, Weight } from './units'

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
  /** How long its code, or that of a step fused into it, was on the CPU, in ms. */
  readonly workingMs: Ms
  /** How long it waited for calls or writes that it had begun, in ms. */
  readonly callingMs: Ms
  /** How long it waited for a permit, a rate, a gate, a timer, a next try, or the end of a pause, in ms. */
  readonly limitedMs: Ms
  /** How long it waited for input, in ms. */
  readonly idleMs: Ms
  /** How long it held a value and waited for room behind it, in ms. */
  readonly backpressuredMs: Ms
  /** How long it was ready while something else held the event loop, in ms. */
  readonly blockedMs: Ms
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
  /** What it waited for before it might go on, in ms by `'permit'`, `'rate'`, `'timer'`, `'retry'`, `'gate'`, `'pause'`. */
  readonly limited: Readonly<Record<string, Ms>>
  /** Who held the event loop, in ms by `'run/stage'` or `'other code'`. */
  readonly blocked: Readonly<Record<string, Ms>>
  /** Why no further call began, in ms by `'slots'`, `'input'`, `'order'`, `'room'`, `'permit'`, `'retry'`. */
  readonly calling: Readonly<Record<string, Ms>>
}

/** The calls that a stage makes: of a function, of writes, of workers. */
export interface CallStats {
  /** Calls begun so far. */
  readonly started: Count
  /** Calls that have answered or failed so far. */
  readonly settled: Count
  /** Calls under way. */
  readonly inFlight: Count
  /** The most calls that may be under way; null where there is no bound. */
  readonly concurrency: Count | null
  /** The time that calls were under way, summed over all calls, in ms: divided by the time passed it is how many were on average. */
  readonly inFlightMs: Ms
  /** The most calls that were under way at once. */
  readonly peakInFlight: Count
  /** How long as many calls as may be were under way, in ms. */
  readonly atBoundMs: Ms
  /** How long calls took, in ms, those that have settled; null before the first. */
  readonly serviceMs: ServiceStats | null
  /** The age of the oldest call under way, in ms; null where none is. */
  readonly oldestMs: Ms | null
}

/** How long the calls of a stage took. */
export interface ServiceStats {
  /** Calls that were measured. */
  readonly count: Count
  /** The average, in ms. */
  readonly mean: Ms
  /** Half of the calls took no longer, in ms. */
  readonly p50: Ms
  /** 95 of 100 calls took no longer, in ms. */
  readonly p95: Ms
  /** 99 of 100 calls took no longer, in ms. */
  readonly p99: Ms
  /** The longest call, in ms. */
  readonly max: Ms
  /** The shortest call, in ms. */
  readonly min: Ms
  /**
   * By what part calls take longer where there are more of them under way, 0 to 1: 0 where that makes no difference, 1 where twice as many take twice as long. null
   * where too few different numbers of calls were seen.
   */
  readonly growth: Share | null
}

/** The queue of a stage: between the stage that fills it and the stage behind. */
export interface JointStats {
  /** Values held. */
  readonly size: Count
  /** The most values that may be held; null where only the weight is bounded. */
  readonly capacity: Count | null
  /** What the values held weigh together, in the unit of the `weigh` of the queue; null where weights do not count. */
  readonly weight: Weight | null
  /** The most that the values held may weigh, in the same unit; null where weights do not count. */
  readonly maxWeight: Weight | null
  /** The most values that were held at once; of a queue that does not tell, the most that `stats()` has seen. */
  readonly highWater: Count
  /** How long there was no room, in ms; null where the queue does not tell, as that of an author's own stage may not. */
  readonly fullMs: Ms | null
  /** How long nothing was held, in ms; null where the queue does not tell. */
  readonly emptyMs: Ms | null
  /** The age of the oldest value held, in ms; null where none is held, or where that is not known. */
  readonly oldestMs: Ms | null
  /** How often it ran empty after it had been full; null where the queue does not tell. */
  readonly bursts: Count | null
}

/** Values a second. Moving averages over 5 s and over 60 s, as of the times at which `stats()` was asked. */
export interface StageRates {
  /** Values taken from upstream a second, averaged over about 5 s. */
  readonly in5s: PerSecond
  /** Values handed downstream a second, averaged over about 5 s. */
  readonly out5s: PerSecond
  /** Values taken from upstream a second, averaged over about 60 s. */
  readonly in60s: PerSecond
  /** Values handed downstream a second, averaged over about 60 s. */
  readonly out60s: PerSecond
}

/** Figures of one stage of a run. */
export interface StageStats {
  /** Unique in the run: the name, with `#2` and so on where it occurs again. */
  readonly id: string
  /** The name it was given, else that of the function that built it. */
  readonly name: string
  /** Whether it gives values, changes them, or takes them at the end. */
  readonly kind: 'source' | 'operator' | 'sink'
  /** Its place: 0 is a source; else one more than its furthest upstream. */
  readonly position: Count
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
  readonly in: Count
  /** Values handed downstream; for a sink, values dealt with. */
  readonly out: Count
  /** Values dropped on purpose: overflow, a newer value, a closed branch. */
  readonly dropped: Count
  /** Values that ended here, by what became of them. */
  readonly fates: FateCounts
  /** Errors of user code, those that were retried or skipped included. */
  readonly errors: Count
  /** Tries after the first. */
  readonly retries: Count
  /** Values written to a dead letter sink. */
  readonly deadLettered: Count
  /** Calls that went on after `timeoutMs` and `settleWithinMs`: they run beside what took their places. */
  readonly overrun: Count
  /** How many values a second it takes and hands on. */
  readonly rates: StageRates
  /** How long the stage itself was on the CPU, in ms: its share of what its driver worked. Estimated by sampling where batches are short. */
  readonly workingMs: Ms
  /** The state it is in; null for a stage without a clock of its own. */
  readonly state: StageStatus | null
  /** How long it was in each state. Only stages that own a task, or wait by themselves, have a clock: null for the others. */
  readonly time: StageTime | null
  /** What it has waited for; null for a stage without a clock of its own. */
  readonly causes: StageCauses | null
  /** The calls it makes; null for a stage that makes none. */
  readonly calls: CallStats | null
  /** Its queue; null for a stage that has none. */
  readonly queue: JointStats | null
  /** What of it may be changed while it is at work, as it is now: by `setConcurrency` and `setRate`. null where nothing may. */
  readonly adjustable: AdjustableStats | null
  /**
   * Figures that only some stages have; null for the others.
   *
   * - calls by key: `hotKey`, the key with most values that wait, `hotKeyWaiting`, `waiting`
   * - `toTopic`: `slowest`, the subscriber that is furthest behind, `unread`, `lag`, and `holds`, 1 where it holds the topic back
   * - calls under a limit: `permits` that may be out at once, `permitsOut`, `permitsElsewhere`, those that no stage holds, `permitRate` a second; `holder`, the
   *   `'run/stage'` that has held most on average, and `holderPermits`, how many
   * - `toQueue`, `toTopic`: `readers`, the stages at work that read there, and `reader`, the first of them as `'run/stage'`
   * - threads: `threads`, `busyMs` of all, `busiestMs` of the one that was at work longest
   */
  readonly detail: Readonly<Record<string, number | string>> | null
}

/** What of a stage may be changed while it is at work; null for what may not. */
export interface AdjustableStats {
  /** The most calls that may be under way at once. */
  readonly concurrency: Count | null
  /** How many values may pass in what time. */
  readonly rate: RateStats | null
}

/** A rate that a stage keeps to: `count` values in each `perMs`. */
export interface RateStats {
  /** Values, or what they cost together, in each `perMs`. */
  readonly count: Count
  /** The time in which `count` may pass, in ms. */
  readonly perMs: Ms
  /** The most values, or what they cost together, that may pass at once. */
  readonly burst: Count
}

/** Values that ended at a stage, by what became of them. */
export interface FateCounts {
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
}
