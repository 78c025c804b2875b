import type { Step, StepOwner } from './fused-stage'
import type { RunningStage } from './running-stage'

/** One value becomes one value, in place. */
export class MapStep<A, B> implements Step {
  readonly stage: RunningStage<unknown>
  readonly #project: (value: A) => B

  constructor(stage: RunningStage<unknown>, project: (value: A) => B) {
    this.stage = stage
    this.#project = project
  }

  run(batch: unknown[], count: number, owner: StepOwner): number {
    const project = this.#project
    let i = 0
    try {
      for (; i < count; i++) batch[i] = project(batch[i] as A)
    } catch (error) {
      count = owner.failed(this, i, error, batch[i], owner.tickets?.[i])
    }
    // Pulled by itself, as a supervised stage is, the stage counts what it answers.
    if (!this.stage.supervised) this.stage.out += count
    return count
  }
}

/** A value is kept or dropped; a dropped one counts as dealt with. */
export class FilterStep<A> implements Step {
  readonly stage: RunningStage<unknown>
  readonly #test: (value: A) => unknown

  constructor(stage: RunningStage<unknown>, test: (value: A) => unknown) {
    this.stage = stage
    this.#test = test
  }

  run(batch: unknown[], count: number, owner: StepOwner): number {
    const test = this.#test
    const { tickets } = owner
    let kept = 0
    let i = 0
    try {
      for (; i < count; i++) {
        const value = batch[i]
        if (test(value as A)) {
          batch[kept] = value
          if (tickets) tickets[kept] = tickets[i]
          kept++
        } else if (tickets) {
          tickets[i]?.ack()
        }
      }
    } catch (error) {
      kept = owner.failed(this, kept, error, batch[i], tickets?.[i])
    }
    if (!this.stage.supervised) this.stage.out += kept
    return kept
  }
}
