import { type Outcome } from '@sluice/core'
import { DONE, type Openable, type Stage } from '@sluice/core/authoring'
import { Branch, type RoundRobin } from '../inputs/round-robin'

/** A branch of a fan-out whose values come together with those of the other branches. */
export class GatheredBranch<B> extends Branch<B> {
  readonly index: number
  readonly #onEnd: (failure: { readonly error: unknown } | undefined) => void

  /** @param onEnd told of the end inside the pull that meets it; what it throws is thrown by that pull. */
  constructor(
    turns: RoundRobin<B, GatheredBranch<B>>, stage: Stage, source: Openable<B>, index: number,
    onEnd: (failure: { readonly error: unknown } | undefined) => void,
  ) {
    super(turns, stage, source)
    this.index = index
    this.#onEnd = onEnd
  }

  override pull(into: B[], limit: number): number {
    let count: number
    let failure: { readonly error: unknown } | undefined
    try {
      count = this.outlet.pull(into, limit)
    } catch (error) {
      failure = { error }
      count = DONE
    }
    // A branch that was cut off inside its own pull has told its end already.
    if (count === DONE && this.place !== 'gone') this.#onEnd(failure)
    return count
  }

  close(outcome: Outcome): void {
    void this.outlet.close(outcome)
  }
}
