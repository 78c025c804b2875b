import { OptionError } from '@sluice/core'
import { wholeNumber } from '@sluice/core/authoring'
import type { Input } from '../inputs/input'

/** Options of `mergePriority`: one of the two ways. */
export type MergePriorityOptions = { readonly name?: string | undefined } & (
  | {
      /** Values in a turn, 1 or more: the first number for this source, then one for each other. */
      readonly weights: readonly number[]
      readonly strict?: false | undefined
    }
  | {
      /** Each source before those after it. */
      readonly strict: true
      readonly weights?: undefined
    }
)

/** Whose turn it is, among inputs of which some have nothing now. */
export interface Priority {
  /** The index of the input to ask now; outside the list where none is worth asking. */
  next(inputs: readonly Input<unknown>[]): number
  /** How many values it may give in this turn. */
  readonly share: number
  /** How many it has given; none where it had none. */
  took(count: number): void
}

/** Checks the options; answers how each run makes its own state of them. */
export function priorityOf(
  owner: string,
  size: number,
  { weights, strict }: { readonly weights: unknown; readonly strict: boolean },
): () => Priority {
  if (strict) {
    if (weights !== undefined) throw new OptionError(owner, 'weights', weights, 'left out where strict is true')
    return () => STRICT
  }
  if (!Array.isArray(weights) || weights.length !== size) {
    throw new OptionError(owner, 'weights', weights, `an array of ${size} numbers (this source, then each other), or strict: true`)
  }
  const checked = (weights as unknown[]).map((weight, i) => wholeNumber(owner, `weights[${i}]`, weight))
  return () => new Weighted(checked)
}

/** Asked anew after every batch: meanwhile one before it may have woken. */
const STRICT: Priority = {
  next: (inputs) => inputs.findIndex(({ ready, ended }) => ready && !ended),
  share: Infinity,
  took: () => {},
}

/** Turns of so many values each. A turn is over when its values are out, or when there are none now. */
class Weighted implements Priority {
  readonly #weights: readonly number[]
  #turn = 0
  share: number

  constructor(weights: readonly number[]) {
    this.#weights = weights
    this.share = weights[0] as number
  }

  next(inputs: readonly Input<unknown>[]): number {
    for (let passed = 0; passed < inputs.length; passed++) {
      const input = inputs[this.#turn]
      if (input?.ready && !input.ended) return this.#turn
      this.#pass()
    }
    return -1
  }

  took(count: number): void {
    this.share -= count
    if (count === 0 || this.share === 0) this.#pass()
  }

  #pass(): void {
    this.#turn = (this.#turn + 1) % this.#weights.length
    this.share = this.#weights[this.#turn] as number
  }
}
