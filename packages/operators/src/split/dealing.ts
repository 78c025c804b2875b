import { type OnError } from '@sluice/core'
import { Trial, Trials, type Stage, type Wake } from '@sluice/core/authoring'
import type { Dealer } from './dealer'
import type { Notices } from './notices'
import type { FanOutInput } from './fan-out-input'

/** Deals out what was read, item by item, each under the stage's supervisor. */
export class Dealing<A> {
  readonly #input: FanOutInput<A>
  readonly #dealer: Dealer<A>
  readonly #notices: Notices<A>
  readonly #trials: Trials<A>
  /** That of the first of what is left. */
  readonly #trial = new Trial<A>()
  readonly #fail: (error: unknown, item: unknown, attempt: number) => void

  /**
   * @param fail an item, or a callback about one, has failed for good.
   * @param wake it goes on, after a while.
   */
  constructor(
    stage: Stage, input: FanOutInput<A>, dealer: Dealer<A>, notices: Notices<A>, onError: OnError<A> | undefined,
    fail: (error: unknown, item: unknown, attempt: number) => void, wake: Wake,
  ) {
    this.#input = input
    this.#dealer = dealer
    this.#notices = notices
    this.#trials = new Trials<A>(stage, onError, wake)
    this.#fail = fail
  }

  /** Nothing is known yet of what becomes of the first of what is left, which has failed. */
  get isDeciding(): boolean {
    return this.#trial.verdict === 'deciding'
  }

  /** The first of what is left has failed, and is not done with. */
  get isTrying(): boolean {
    return this.#trial.verdict !== 'open'
  }

  /** What is left is given back. */
  close(): void {
    // Its ticket is given back with those of the others.
    this.#trial.ticket = undefined
    if (this.isTrying) this.#trials.leave(this.#trial)
  }

  /** Deals out all; false where a lane is not ready, or an item has to be waited for. */
  deal(): boolean {
    const input = this.#input
    const trial = this.#trial
    while (!input.isEmpty()) {
      if (trial.verdict === 'open' && trial.attempt === 1 && input.giveAll(this.#dealer) > 0) continue
      if (trial.verdict === 'again') {
        trial.tryAgain()
      } else if (trial.verdict !== 'open') {
        if (!this.#decided()) return false
        continue
      }
      const { item, ticket } = input
      try {
        if (!this.#dealer.ready(item)) return false
      } catch (error) {
        // User code that decides has ended the run, and then threw: the item was given back.
        if (input.isEmpty()) return false
        if (trial.attempt === 1) trial.begin(item, ticket)
        this.#trials.failed(trial, error)
        if (!this.#decided()) return false
        continue
      }
      // User code that decides may have ended the run, and what was left went back.
      if (input.isEmpty()) return false
      this.#next()
      this.#dealer.give(item, ticket)
      const { broken } = this.#notices
      if (broken) this.#fail(broken.error, broken.item, 1)
    }
    return true
  }

  /** A failed item was decided about; true where dealing goes on with the next one. */
  #decided(): boolean {
    const { verdict, error, item, attempt } = this.#trial
    if (verdict !== 'skipped' && verdict !== 'failed') return false
    this.#next()
    if (verdict === 'failed') this.#fail(error, item, attempt)
    return verdict === 'skipped'
  }

  #next(): void {
    this.#input.next()
    this.#trial.begin(undefined as A, undefined)
  }
}
