import { isThenable, PENDING, supervisorOf, type OnError, type Recovery, type Stage, type Supervisor } from '@sluice/core'

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
    let recovery: Recovery | Promise<Recovery>
    try {
      if (this.#supervisor === undefined) throw error
      recovery = this.#supervisor.recover(error, failed.item, failed.attempt)
    } catch (final) {
      failed.giveUp(final)
      return this.#stage.failAfter(0, final, failed.item, undefined, failed.attempt)
    }
    if (!isThenable(recovery)) {
      failed.goOn(recovery)
      return 0
    }
    recovery.then(
      (decided) => {
        failed.goOn(decided)
        this.#stage.scope.scheduler.dispatch(failed.wake)
      },
      (final: unknown) => {
        failed.giveUp(final)
        this.#stage.fail(final, failed.item, failed.attempt)
      },
    )
    return PENDING
  }
}
