import { type OnError } from '@sluice/core'
import { Trial, Trials, type Stage } from '@sluice/core/authoring'
import { BatchFailure } from './batch-failure'

/** The trial of what a source reads: nobody has a ticket of it yet. */
class ReadTrial<A> extends Trial<A> {
  /** Told once a verdict is known that was not known at once. */
  told: (() => void) | undefined
}

/**
 * What a source reads piece by piece, each piece before the supervisor: a page, a row group.
 *
 * ```text
 *   make ─▶ work ─┬─ done ─▶ the answer
 *     ▲           └─ failed ─▶ trial ─┬─ skipped, dropped ─▶ undefined: the next piece
 *     └────────────────────── again ──┴─ failed ─▶ a BatchFailure with the piece
 * ```
 */
export class ReadTrials<A> {
  readonly #trials: Trials<A, ReadTrial<A>>

  constructor(stage: Stage, onError: OnError<A> | undefined) {
    this.#trials = new Trials(stage, onError, (trial) => { trial.told?.() })
  }

  /**
   * Works on a piece until that succeeds or the piece is left out: then the answer is undefined.
   *
   * @param piece what `onError` decides about, and a dead letter holds.
   * @throws BatchFailure where the piece has failed for good.
   */
  async make<V>(piece: A, work: () => V | Promise<V>): Promise<V | undefined> {
    const trial = new ReadTrial<A>()
    trial.begin(piece, undefined)
    for (;;) {
      try {
        return await work()
      } catch (error) {
        await this.#decide(trial, error)
      }
      if (trial.verdict === 'failed') throw new BatchFailure(trial.error, piece, trial.attempt)
      if (trial.verdict !== 'again') return undefined
      trial.tryAgain()
    }
  }

  /** No next try is waited for. */
  close(): void {
    this.#trials.close()
  }

  #decide(trial: ReadTrial<A>, error: unknown): Promise<void> {
    return new Promise((resolve) => {
      trial.told = resolve
      if (this.#trials.failed(trial, error) !== 'deciding') resolve()
    })
  }
}
