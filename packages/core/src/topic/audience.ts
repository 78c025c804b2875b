import type { Clock } from '../contract/clock'
import type { Outcome } from '../contract/outcome'
import type { Wake } from '../contract/outlet'
import type { WaitingCall } from '../waiting/wait-in-line'
import { checkWait, waitIn } from '../waiting/wait-in-line'
import { Waiters } from '../waiting/waiters'
import type { WaitOptions } from '../waiting/waiting'

/** Where an audience gets its values. */
export interface ValueStage<T> {
  /** True when there is a value to take now. */
  look(): boolean
  take(): T
  /** How it ended; undefined while it has not. */
  readonly outcome: Outcome | undefined
}

/** The answer of an iterator that has ended. */
export const END: IteratorResult<never, undefined> = { done: true, value: undefined }

/**
 * Who waits for the next value of a subscription: callers with a promise, first come first served, and at most one
 * pipeline that wants a wake.
 */
export class SubscriptionAudience<T> {
  readonly #takers = new Waiters<WaitingCall<undefined, IteratorResult<T, undefined>>>()
  #wake: Wake | undefined

  get hasTakers(): boolean {
    return !this.#takers.isEmpty
  }

  get isEmpty(): boolean {
    return this.#takers.isEmpty && this.#wake === undefined
  }

  /** The next value, the end, or a rejection with the failure; waits behind those who wait already. */
  next(
    stage: ValueStage<T>,
    owner: string,
    clock: Clock,
    options: WaitOptions | undefined,
  ): Promise<IteratorResult<T, undefined>> {
    try {
      checkWait(owner, options)
      if (this.#takers.isEmpty && stage.look()) return Promise.resolve({ done: false, value: stage.take() })
      if (stage.outcome?.status === 'failed') throw stage.outcome.error
    } catch (error) {
      return Promise.reject(error)
    }
    return stage.outcome === undefined ? waitIn(this.#takers, undefined, owner, clock, options) : Promise.resolve(END)
  }

  /** Asks for one call of `wake`. */
  notify(wake: Wake): void {
    this.#wake = wake
  }

  /** Hands out what there is. */
  serve(stage: ValueStage<T>): void {
    while (!this.#takers.isEmpty && stage.look()) {
      const taker = this.#takers.serve()
      taker?.resolve({ done: false, value: stage.take() })
    }
    if (this.#wake !== undefined && stage.look()) this.#wakeUp()
  }

  /** Tells everybody how it ended. */
  end(outcome: Outcome): void {
    for (let taker = this.#takers.serve(); taker !== undefined; taker = this.#takers.serve()) {
      if (outcome.status === 'failed') taker.reject(outcome.error)
      else taker.resolve(END)
    }
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
