import { type OnError } from '@sluice/core'
import { Trial, Trials, type AckFate, type Stage, type Ticket } from '@sluice/core/authoring'

/** The fates of an item that is left out. */
export type LeftOut = 'skipped' | 'deadLettered'

/** The trial of an item whose ticket is held together with those of the other items of a batch. */
class HeldTrial<A> extends Trial<A> implements Ticket {
  /** Told once it is known what becomes of the item. */
  told: (() => void) | undefined
  readonly #tell: (fate: LeftOut) => void

  constructor(item: A, attempt: number, tell: (fate: LeftOut) => void) {
    super()
    this.#tell = tell
    this.begin(item, this)
    this.attempt = attempt
  }

  split(): void {
    // An item is taken or refused as a whole.
  }

  ack(fate?: AckFate): void {
    this.#tell(fate === 'deadLettered' ? fate : 'skipped')
  }

  nack(): void {
    // Whoever waits for the verdict gives the item back.
  }
}

/** The trials of a sink that writes many items at once and waits until all that were refused are decided about. */
export class Verdicts<A> {
  readonly #trials: Trials<A, HeldTrial<A>>

  constructor(stage: Stage, onError: OnError<A> | undefined) {
    this.#trials = new Trials(stage, onError, (trial) => { trial.told?.() })
  }

  /**
   * Decides about an item that was refused. Never rejects.
   *
   * @param tell called before the promise resolves, where the item is left out.
   */
  of(item: A, attempt: number, error: unknown, tell: (fate: LeftOut) => void): Promise<Trial<A>> {
    return new Promise((resolve) => {
      const trial = new HeldTrial<A>(item, attempt, tell)
      trial.told = () => { resolve(trial) }
      if (this.#trials.failed(trial, error) !== 'deciding') resolve(trial)
    })
  }

  /** The end: no next try is waited for. */
  close(): void {
    this.#trials.close()
  }
}
