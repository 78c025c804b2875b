import { type Outcome } from '@sluice/core'
import { reasonOf, type Stage, type Ticket } from '@sluice/core/authoring'

/**
 * The newest value of an input, which goes into any number of tuples.
 *
 * Each tuple gets a share of its ticket; the share of its own is acknowledged when a newer value takes its place, since
 * nothing more will be made of it.
 */
export class Latest<T> {
  known = false
  value: T | undefined
  #ticket: Ticket | undefined
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  replace(value: T, ticket: Ticket | undefined): void {
    this.#ticket?.ack('absorbed', this.#stage.name)
    this.known = true
    this.value = value
    this.#ticket = this.#stage.share(ticket, 1)
  }

  /** A share of the ticket, for one tuple. */
  share(): Ticket | undefined {
    this.#ticket?.split(1)
    return this.#ticket
  }

  /** The end. The last value was dealt with where all went well. */
  close(outcome: Outcome): void {
    if (outcome.status === 'completed') this.#ticket?.ack('absorbed', this.#stage.name)
    else this.#ticket?.nack(reasonOf(outcome))
    this.#ticket = this.value = undefined
  }
}
