import type { RunStatus } from './run'

/** Figures of one stage of a run. */
export interface StageStats {
  /** Unique in the run: the name, with `#2` and so on where it occurs again. */
  readonly id: string
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  /** 0 is a source; else one more than its furthest upstream. */
  readonly position: number
  /** Values taken from upstream. */
  readonly in: number
  /** Values handed downstream; for a sink, values dealt with. */
  readonly out: number
  /** Values dropped on purpose: overflow, skip. */
  readonly dropped: number
  /** Errors of user code, those that were retried or skipped included. */
  readonly errors: number
  readonly retries: number
  readonly deadLettered: number
  /** Calls that went on after `timeoutMs` and `settleWithinMs`: they run beside what took their places. */
  readonly overrun: number
  /** How long the stage worked, waited for input, waited for room. Only stages that own a task have a clock. */
  readonly time: StageTime | undefined
  readonly queue: { readonly size: number; readonly capacity: number } | undefined
}

/** In ms; the three add up to the time since the stage was opened. Estimated by sampling where turns are short. */
export interface StageTime {
  readonly busyMs: number
  readonly idleMs: number
  readonly backpressuredMs: number
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

/** What `run.stats()` answers: a picture of one moment, not kept up to date. */
export interface RunStats {
  readonly name: string
  readonly status: RunStatus
  readonly elapsedMs: number
  readonly totals: RunTotals
  /** Sources first. */
  readonly stages: readonly StageStats[]
}

/** A stage in the graph of a run. */
export interface GraphNode {
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
