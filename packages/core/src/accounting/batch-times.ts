import type { RunClock } from '../engine/run-clock'
import { BATCHES, Pace } from './pace'
import { Sampler, type SampledRoot } from './sampler'

/** Where the sampler of a run is, while a batch is timed step by step. */
export interface SampledScope {
  readonly clock: RunClock
  sampler: Sampler | undefined
}

/**
 * Times one batch in n of a task step by step, so that what the task worked can be told apart by stages.
 *
 * Six steps on numbers take less than a microsecond a batch, so few batches are timed; where a step takes its time, each is.
 */
export class BatchTimes {
  readonly #scope: SampledScope
  readonly #root: SampledRoot
  readonly #pace: Pace
  /** Batches that are left out before the next one that is timed. */
  #skip = 0
  /** Made for the first batch. */
  #sampler: Sampler | undefined

  constructor(scope: SampledScope, root: SampledRoot) {
    this.#scope = scope
    this.#root = root
    root.clocked().batches = this
    this.#pace = new Pace(scope.clock.isExact, scope.clock.now(), BATCHES)
  }

  /** A batch begins. True where it is timed: then `end` is to be called after it. */
  begin(): boolean {
    if (this.#skip > 0) {
      this.#skip--
      return false
    }
    return this.#begin()
  }

  #begin(): boolean {
    if (this.#scope.sampler !== undefined) return false
    const sampler = (this.#sampler ??= new Sampler(this.#scope.clock))
    sampler.begin(this.#root, this.#pace.weight)
    this.#scope.sampler = sampler
    return true
  }

  /** The first batch of a turn is timed where turns come slowly, whatever came before: quick ones may have ended long ago. */
  again(): void {
    if (this.#skip === 0) return
    this.#skip = 0
    this.#pace.weight = 1
  }

  /** The batch that was timed is over. */
  end(): void {
    if (this.#sampler === undefined || this.#scope.sampler !== this.#sampler) return
    this.#scope.sampler = undefined
    this.#skip = this.#pace.timed(this.#sampler.end(this.#root))
  }
}
