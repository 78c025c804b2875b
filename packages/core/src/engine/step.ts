import { answeredAtOnce } from '../answered'
import type { Tickets } from '../contract/ticket'
import { contextCarriers } from '../copies/context-carriers'
import { calledInTurn } from './carried'
import type { Fusion } from './fusion'
import type { Cursor, Loop } from './loops'
import type { RunningStage } from './running-stage'

type Call = (value: unknown) => unknown

/** A loop that knows its stage. */
export type StepLoop = (batch: unknown[], count: number, call: Call, step: Step) => void

/** A loop that moves the tickets of what it keeps with it, and settles the others. */
export type TrackedLoop = (batch: unknown[], count: number, call: Call, step: Step, tickets: Tickets) => void

/** What a stage that looks at one value at a time does with a batch, in place. */
export class Step implements Cursor {
  readonly stage: RunningStage<unknown>
  readonly #call: Call
  readonly #loop: Loop
  readonly #tracked: TrackedLoop | undefined
  /** For the first batch alone, in place of the loop. */
  #first: StepLoop | undefined
  at = 0
  kept = 0
  /** The loop settles what it leaves out. */
  hasSettled = false

  /**
   * @param loop leaves in the cursor how many values go on.
   * @param tracked the same for values with tickets; without it they stay where they are.
   * @param first the same for the first batch without tickets: a loop that looks closer at what is answered.
   */
  constructor(stage: RunningStage<unknown>, call: Call, loop: Loop, tracked?: TrackedLoop, first?: StepLoop) {
    this.stage = stage
    this.#call = call
    this.#loop = loop
    this.#tracked = tracked
    this.#first = first
  }

  /** Works on the first `count` values of `batch`; answers how many are left. */
  run(batch: unknown[], count: number, fusion: Fusion<unknown>): number {
    const { tickets } = fusion
    const call = tickets === null || contextCarriers.ofValue === undefined ? this.#call : calledInTurn(this.#call, tickets)
    this.kept = 0
    this.hasSettled = tickets !== null && this.#tracked !== undefined
    try {
      if (tickets && this.#tracked) this.#tracked(batch, count, call, this, tickets)
      else if (this.#first === undefined) this.#loop(batch, count, call, this)
      else {
        const first = this.#first
        this.#first = undefined
        first(batch, count, call, this)
      }
    } catch (error) {
      fusion.failed(this, error, batch[this.at], tickets?.[this.at])
    }
    return this.kept
  }
}

/** Values that pass the test move up, with their tickets; a dropped one was dealt with. */
export const trackedFilter: TrackedLoop = (batch, count, test, step, tickets) => {
  for (step.at = 0; step.at < count; step.at++) {
    const value = batch[step.at]
    if (answeredAtOnce(step.stage.name, 'test', test(value))) {
      batch[step.kept] = value
      tickets[step.kept++] = tickets[step.at]
    } else {
      step.stage.settle(tickets[step.at], 'absorbed')
    }
  }
}

/**
 * The same for values without tickets, in the first batch. A test that answers a promise, which is true whatever comes of it, does so
 * from the first value on: looking at each answer would cost the loops of `filter` a fifth.
 */
export const firstFilter: StepLoop = (batch, count, test, step) => {
  for (step.at = 0; step.at < count; step.at++) {
    const value = batch[step.at]
    if (answeredAtOnce(step.stage.name, 'test', test(value))) batch[step.kept++] = value
  }
}
