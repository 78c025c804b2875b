import { supervisorOf, type OnError, type Stage, type Supervisor, type Wake } from '@sluice/core'
import { judge } from '../recover/judge'
import type { Dealer } from './dealer'
import type { Notices } from './notices'
import type { Undealt } from './undealt'

/** Deals out what was read, item by item, each under the stage's supervisor. */
export class Dealing<A> {
  /** A supervisor makes up its mind about the first of what is left. */
  isDeciding = false
  readonly #stage: Stage
  readonly #undealt: Undealt<A>
  readonly #dealer: Dealer<A>
  readonly #notices: Notices<A>
  readonly #supervisor: Supervisor | undefined
  readonly #fail: (error: unknown, item: unknown, attempt: number) => void
  readonly #wake: Wake

  /**
   * @param fail an item, or a callback about one, has failed for good.
   * @param wake it goes on, after a while.
   */
  constructor(
    stage: Stage, undealt: Undealt<A>, dealer: Dealer<A>, notices: Notices<A>, onError: OnError<A> | undefined,
    fail: (error: unknown, item: unknown, attempt: number) => void, wake: Wake,
  ) {
    this.#stage = stage
    this.#undealt = undealt
    this.#dealer = dealer
    this.#notices = notices
    this.#supervisor = supervisorOf(stage, onError)
    this.#fail = fail
    this.#wake = wake
  }

  /** Deals out all; false where a lane is not ready, or an item has to be waited for. */
  deal(): boolean {
    const undealt = this.#undealt
    while (!undealt.isEmpty()) {
      const { item, ticket } = undealt
      try {
        if (!this.#dealer.ready(item)) return false
      } catch (error) {
        if (!this.#recover(error)) return false
        continue
      }
      // User code that decides may have ended the run, and what was left went back.
      if (undealt.isEmpty()) return false
      undealt.next()
      this.#dealer.give(item, ticket)
      const { broken } = this.#notices
      if (broken) this.#fail(broken.error, broken.item, 1)
    }
    return true
  }

  /** Decides about a failed item; true where dealing goes on at once. */
  #recover(error: unknown): boolean {
    const undealt = this.#undealt
    // User code that decides has ended the run, and then threw: the item was given back.
    if (undealt.isEmpty()) return false
    const { item, ticket } = undealt
    const goesOn = judge(this.#supervisor, error, undealt, {
      goOn: (recovery) => {
        if (recovery === 'retry') {
          undealt.attempt++
          return true
        }
        this.#stage.settle(ticket, recovery)
        undealt.next()
        return true
      },
      giveUp: (final) => {
        const { attempt } = undealt
        this.#stage.giveUp(ticket, final)
        undealt.next()
        this.#fail(final, item, attempt)
        return false
      },
    }, (carryOut) => {
      this.isDeciding = false
      if (undealt.isOver) return
      carryOut()
      this.#stage.scope.scheduler.dispatch(this.#wake)
    })
    this.isDeciding = goesOn === undefined
    return goesOn === true
  }
}
