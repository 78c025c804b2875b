import { DONE, PENDING, supervisorOf, type OnError, type Recovery, type Stage, type Supervisor } from '@sluice/core'
import { judge } from '../recover/judge'

/** What is told what becomes of its failed item. */
export interface Supervised<A> {
  readonly item: A
  readonly attempt: number
  /** It is tried again, or left out. */
  goOn(recovery: Recovery): void
  /** The stage fails with it. */
  giveUp(error: unknown): void
  /** It goes on, after a while. */
  readonly wake: () => void
}

/**
 * Supervision for stages with several things going on at once: what is decided is told to the one that failed, at once or
 * later, while the others go on.
 */
export class Supervision<A> {
  readonly #stage: Stage
  readonly #supervisor: Supervisor | undefined

  constructor(stage: Stage, onError: OnError<A> | undefined) {
    this.#stage = stage
    this.#supervisor = supervisorOf(stage, onError)
  }

  /** Answers what a pull answers: 0 for "ask again", PENDING while nothing is decided. Throws where the stage fails. */
  failed(error: unknown, failed: Supervised<A>): number {
    const stage = this.#stage
    let isLate = false
    const answer = judge(this.#supervisor, error, failed, {
      goOn: (recovery) => {
        failed.goOn(recovery)
        return 0
      },
      giveUp: (final) => {
        failed.giveUp(final)
        if (!isLate) return stage.failAfter(0, final, failed.item, null, failed.attempt)
        stage.fail(final, failed.item, failed.attempt)
        return DONE
      },
    }, (carryOut) => {
      isLate = true
      carryOut()
      stage.scope.scheduler.dispatch(failed.wake)
    })
    return answer ?? PENDING
  }
}
