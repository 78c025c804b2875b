import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'

/** How long the rest of a run may take to drain once the reads that held it were cut off, in ms. */
const DRAIN_MS = 1000

/**
 * The deadline of a graceful stop.
 *
 * ```text
 *   stop ── deadlineMs ─┬─ a call is out, or something stands still ─▶ cut off
 *                       └─ only reads of sources are out: these end ─ what was read drains ─▶ completed
 *                                                                  └─ 1 s ───────────────▶ cut off
 * ```
 *
 * Why reads are told apart: a source that waits for an event which never comes is no work that is lost, and the result of
 * everything that was read is there.
 */
export class StopDeadline {
  hasPassed = false
  /** Reads that were out when the deadline passed. */
  pendingReads = 0
  readonly #scope: RunScope
  readonly #cutOff: () => void
  #cancel: () => void

  /** @param cutOff ends the run, whatever it is doing. */
  constructor(scope: RunScope, deadlineMs: number, cutOff: () => void) {
    this.#scope = scope
    this.#cutOff = cutOff
    this.#cancel = scope.clock.after(deadlineMs, () => { this.#pass() })
  }

  cancel(): void {
    this.#cancel()
  }

  #pass(): void {
    this.hasPassed = true
    const stages = [...this.#scope.stages].filter((stage) => stage.outcome === undefined)
    const reading = stages.filter(isReading)
    this.pendingReads = reading.length
    if (reading.length > 0 && !stages.some(hasCallsOut)) {
      for (const stage of reading) stage.cutRead()
      this.#cancel = this.#scope.clock.after(DRAIN_MS, () => { this.#end() })
    } else {
      for (const stage of reading) this.#scope.cleanups.unstopped.add(stage.name)
      this.#end()
    }
  }

  #end(): void {
    for (const stage of this.#scope.stages) if (holdsWork(stage)) this.#scope.cleanups.unstopped.add(stage.name)
    this.#cutOff()
  }
}

/** A source that was told to begin no further read, and has not ended: one is out. */
function isReading(stage: RunningStage<unknown>): boolean {
  return stage.isLeaf && stage.halted && stage.isPending
}

function hasCallsOut(stage: RunningStage<unknown>): boolean {
  return stage.tasks.some(({ state }) => state === 'busy')
}

/**
 * The stage keeps the run from its end: a call of it is out, an item waits for its next try or its dead letter, a
 * source that was opened for an item goes on, values stand in its queue, or it is a source that goes on.
 */
function holdsWork(stage: RunningStage<unknown>): boolean {
  if (stage.outcome !== undefined) return false
  return hasCallsOut(stage) || stage.undecided > 0 || worksOnItem(stage) || (stage.queue?.size ?? 0) > 0 || (stage.isLeaf && stage.kind === 'source')
}

function worksOnItem(stage: RunningStage<unknown>): boolean {
  if (stage.forItem) return false
  for (const { forItem, outcome } of stage.upstreams) if (forItem && outcome === undefined) return true
  return false
}
