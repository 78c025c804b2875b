import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { Trial } from '../engine/trial'
import { Trials } from '../engine/trials'
import type { Opening } from './opening'
import type { Joined } from './options'
import { Puts } from './puts'

/** How many values were put. */
export interface Stored {
  /** Values that are in the queue now, because of this. */
  stored: number
  /** Values that were there already. */
  duplicates: number
}

/**
 * The half of a joint that fills the queue: puts a batch, acknowledges what is confirmed, and brings what cannot be put before `onError`.
 *
 * Invariant: a ticket is settled once its value is confirmed, refused for good, or given up.
 */
export class LettingIn<T> {
  readonly counts: Stored = { stored: 0, duplicates: 0 }
  readonly #stage: Stage
  readonly #opening: Opening
  readonly #puts: Puts<T>
  readonly #trials: Trials<T>
  readonly #waiting = new Map<Trial<T>, () => void>()
  /** Aborted when the stage ends: a put that waits for room waits no longer. */
  readonly #ending = new AbortController()

  constructor(joined: Joined<T>, stage: Stage, opening: Opening) {
    this.#stage = stage
    this.#opening = opening
    this.#puts = new Puts(joined, stage)
    this.#trials = new Trials<T>(stage, joined.onError, (trial) => {
      const told = this.#waiting.get(trial)
      this.#waiting.delete(trial)
      told?.()
    })
  }

  /** Resolves when all of them are dealt with; rejects where a value has failed for good, or the queue cannot be used. */
  async take(values: readonly T[], tickets: Tickets | undefined): Promise<void> {
    const { signal } = this.#ending
    let open = tickets?.slice(0, values.length)
    try {
      const capabilities = await this.#opening.opened()
      const puts = await this.#puts.put(values, open, capabilities, signal)
      let failed: { readonly error: unknown } | undefined
      for (const [i, put] of puts.entries()) {
        const ticket = open?.[i]
        if (put.is === 'refused' && failed === undefined) failed = await this.#refused(values[i] as T, ticket, put.error)
        else if (put.is === 'refused' || put.is === 'given up') ticket?.nack(failed?.error ?? signal.reason)
        else this.#stored(ticket, put.is)
      }
      open = undefined
      if (failed) throw failed.error
    } catch (error) {
      for (const ticket of open ?? []) ticket?.nack(error)
      throw error
    }
  }

  /** Resolves when the queue is open. */
  async opened(): Promise<void> {
    await this.#opening.opened()
  }

  /** The stage has ended: what is not confirmed, and is not on its way, goes back. */
  close(reason?: unknown): void {
    this.#ending.abort(reason)
    this.#trials.close()
  }

  #stored(ticket: Ticket | undefined, is: 'stored' | 'duplicate'): void {
    this.counts[is === 'stored' ? 'stored' : 'duplicates']++
    this.#stage.settle(ticket, 'delivered')
  }

  /** Answers the error of a value that has failed for good. */
  async #refused(value: T, ticket: Ticket | undefined, error: unknown): Promise<{ readonly error: unknown } | undefined> {
    const { signal } = this.#ending
    const trial = new Trial<T>()
    trial.begin(value, ticket)
    for (let last = error; ; ) {
      const told = new Promise<void>((resolve) => { this.#waiting.set(trial, resolve) })
      if (this.#trials.failed(trial, last) === 'deciding') await told
      this.#waiting.delete(trial)
      // What is decided is told to the trial, also while it is waited for.
      const verdict = trial.verdict
      if (verdict === 'failed') {
        this.#stage.fail(trial.error, value, trial.attempt)
        return { error: trial.error }
      }
      if (verdict !== 'again') return undefined
      trial.tryAgain()
      const [put] = await this.#puts.put([value], trial.ticket && [trial.ticket], await this.#opening.opened(), signal)
      if (put?.is === 'refused') {
        last = put.error
        continue
      }
      const left = trial.ticket
      trial.ticket = undefined
      if (put === undefined || put.is === 'given up') left?.nack(signal.reason)
      else this.#stored(left, put.is)
      return undefined
    }
  }
}
