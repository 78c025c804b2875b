import type { Tickets } from '../contract/ticket'
import type { Step, StepOwner } from './fused-stage'
import { filterLoops, mapLoops, type Cursor, type Loop } from './loops'
import type { RunningStage } from './running-stage'

type Call = (value: unknown) => unknown

/** One value becomes one value, in place. */
export class MapStep<A, B> implements Step, Cursor {
  readonly stage: RunningStage<unknown>
  readonly #project: Call
  readonly #loop: Loop
  at = 0
  kept = 0

  constructor(stage: RunningStage<unknown>, project: (value: A) => B) {
    this.stage = stage
    this.#project = project as Call
    this.#loop = mapLoops.of(project)
  }

  run(batch: unknown[], count: number, owner: StepOwner): number {
    try {
      // An asynchronous source gives one value at a time, and a loop is a call more.
      if (count === 1) batch[(this.at = 0)] = this.#project(batch[0])
      else this.#loop(batch, count, this.#project, this)
    } catch (error) {
      count = owner.failed(this, this.at, error, batch[this.at], owner.tickets?.[this.at])
    }
    // Pulled by itself, as a supervised stage is, the stage counts what it answers.
    if (!this.stage.supervised) this.stage.out += count
    return count
  }
}

/** A value is kept or dropped; a dropped one counts as dealt with. */
export class FilterStep<A> implements Step, Cursor {
  readonly stage: RunningStage<unknown>
  readonly #test: Call
  readonly #loop: Loop
  at = 0
  kept = 0

  constructor(stage: RunningStage<unknown>, test: (value: A) => unknown) {
    this.stage = stage
    this.#test = test as Call
    this.#loop = filterLoops.of(test)
  }

  run(batch: unknown[], count: number, owner: StepOwner): number {
    const { tickets } = owner
    try {
      if (tickets) this.#runTracked(batch, count, tickets)
      else if (count === 1) this.kept = this.#test(batch[(this.at = this.kept = 0)]) ? 1 : 0
      else this.#loop(batch, count, this.#test, this)
    } catch (error) {
      this.kept = owner.failed(this, this.kept, error, batch[this.at], tickets?.[this.at])
    }
    if (!this.stage.supervised) this.stage.out += this.kept
    return this.kept
  }

  #runTracked(batch: unknown[], count: number, tickets: Tickets): void {
    this.kept = 0
    for (this.at = 0; this.at < count; this.at++) {
      const value = batch[this.at]
      if (this.#test(value)) {
        batch[this.kept] = value
        tickets[this.kept++] = tickets[this.at]
      } else {
        tickets[this.at]?.ack()
      }
    }
  }
}
